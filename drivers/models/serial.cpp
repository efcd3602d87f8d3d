#include "drivers/cli/driver_main.hpp"

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.is = {.name = "serial", .title = "serial"},
                             .make_team = [](int) { return std::make_unique<SerialTeam>(); },
                             .make_comm = make_self_comm};
  return driver_main(argc, argv, "scalelaw", model, own_kernels);
}
