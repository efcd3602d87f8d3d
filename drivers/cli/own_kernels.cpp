#include "all_kernels.hpp"
#include "drivers/cli/bind_kernel.hpp"
#include "drivers/cli/driver_main.hpp"
#include "drivers/pass/collectives.hpp"

namespace scalelaw::driver {

std::vector<KernelEntry> own_kernels() {
  std::vector<KernelEntry> all = kernel_entries<AllKernels>();
  all.push_back(collectives_entry());
  return all;
}

}  // namespace scalelaw::driver
