#include "drivers/cli/driver_main.hpp"

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.is = {.name = "mpi", .title = "MPI", .ranked = true, .alone = true},
                             .make_team = [](int) { return std::make_unique<SerialTeam>(); },
                             .make_comm = make_mpi_comm,
                             .mpi_library = mpi_library};
  return driver_main(argc, argv, "scalelaw", model, own_kernels);
}
