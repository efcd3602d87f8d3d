#include "drivers/cli/driver_main.hpp"

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.name = "mpi",
                             .make_team = [](int) { return std::make_unique<SerialTeam>(); },
                             .make_comm = make_mpi_comm,
                             .default_threads = nullptr,
                             .distributed = true};
  return driver_main(argc, argv, "scalelaw", model, own_kernels());
}
