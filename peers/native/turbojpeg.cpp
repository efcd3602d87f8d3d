#include "drivers/cli/driver_main.hpp"
#include "peers/native/turbojpeg_kernel.hpp"

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  const ExecutionModel model{.name = "openmp",
                             .make_team = make_openmp_team,
                             .make_comm = make_self_comm,
                             .default_threads = default_openmp_threads,
                             .distributed = false};
  return driver_main(argc, argv, "turbojpeg", model,
                     kernel_entries<std::tuple<TurbojpegCompression>>());
}
