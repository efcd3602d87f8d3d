/* Pi by throwing darts, with MPI: every rank throws its share.  pi DARTS */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A number in [0, 1) for each index: the darts are the same, whoever throws them. */
static double uniform(uint64_t index) {
  uint64_t z = index * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const int64_t darts = argc > 1 ? atoll(argv[1]) : 1000000;

  MPI_Barrier(MPI_COMM_WORLD);
  const double begin = MPI_Wtime();
  int64_t inside = 0, all = 0;
  for (int64_t i = rank; i < darts; i += ranks) {
    const double x = uniform(2 * (uint64_t)i), y = uniform(2 * (uint64_t)i + 1);
    if (x * x + y * y < 1) ++inside;
  }
  MPI_Reduce(&inside, &all, 1, MPI_INT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
  const double took = MPI_Wtime() - begin;
  if (rank == 0) {
    printf("pi = %.12f\n", 4.0 * (double)all / (double)darts);
    printf("%d ranks needed %.6f s\n", ranks, took);
  }
  MPI_Finalize();
  return 0;
}
