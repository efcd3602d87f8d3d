#include "drivers/cli/driver_main.hpp"

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.is = {.name = "hybrid",
                                    .title = "MPI + OpenMP",
                                    .ranked = true,
                                    .threaded = true,
                                    .alone = true},
                             .make_team = make_openmp_team,
                             .make_comm = make_mpi_comm,
                             .mpi_library = mpi_library,
                             .default_threads = default_openmp_threads};
  return driver_main(argc, argv, "scalelaw", model, own_kernels);
}
