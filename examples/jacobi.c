/* Heat in a square plate: Jacobi's iteration, with OpenMP.  jacobi -n CELLS [-i ITERATIONS] */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char** argv) {
  int n = 500, iterations = 50;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "-n") == 0) n = atoi(argv[i + 1]);
    if (strcmp(argv[i], "-i") == 0) iterations = atoi(argv[i + 1]);
  }
  const size_t width = (size_t)n + 2;
  double* old = calloc(width * width, sizeof(double));
  double* new = calloc(width * width, sizeof(double));
  if (n < 1 || old == NULL || new == NULL) {
    fprintf(stderr, "jacobi: bad size %d\n", n);
    return 1;
  }
  for (size_t x = 0; x < width; ++x) old[x] = new[x] = 100.0; /* the hot edge */

  const double begin = omp_get_wtime();
  double residual = 0;
  for (int k = 0; k < iterations; ++k) {
    residual = 0;
#pragma omp parallel for reduction(max : residual)
    for (int y = 1; y <= n; ++y) {
      for (int x = 1; x <= n; ++x) {
        const size_t at = (size_t)y * width + (size_t)x;
        new[at] = 0.25 * (old[at - 1] + old[at + 1] + old[at - width] + old[at + width]);
        residual = fmax(residual, fabs(new[at] - old[at]));
      }
    }
    double* swap = old;
    old = new;
    new = swap;
  }
  printf("elapsed: %.6f s\n", omp_get_wtime() - begin);
  printf("residual: %.17g\n", residual);
  free(old);
  free(new);
  return 0;
}
