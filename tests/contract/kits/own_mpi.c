/* A program that calls MPI_Init and MPI_Finalize itself; ranks do unequal work, and tell their items. */
#define SCALELAW_IMPLEMENTATION
#define SCALELAW_USE_MPI
#include "scalelaw.h"

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  scalelaw_begin(argc, argv);
  scalelaw_kernel("wait", "rank r waits r + 1 milliseconds");
  const int pause = scalelaw_phase("pause", SCALELAW_PARALLEL);
  const int meet = scalelaw_phase("meet", SCALELAW_TRANSFER);
  const scalelaw_work work = {.operations = 1, .items = 7};
  if (scalelaw_start(&work)) {
    while (scalelaw_sample()) {
      scalelaw_enter(pause);
      usleep(1000 * (unsigned)(scalelaw_rank() + 1));
      const scalelaw_range mine = scalelaw_share(7);
      scalelaw_items(mine.end - mine.begin);
      scalelaw_enter(meet);
      MPI_Barrier(MPI_COMM_WORLD);
      if (scalelaw_done()) scalelaw_verify(scalelaw_rank() < 2, "there are too many ranks");
    }
  }
  const int status = scalelaw_end();
  MPI_Finalize();
  return status;
}
