#include "all_kernels.hpp"
#include "drivers/collectives.hpp"
#include "drivers/kernel_entry.hpp"

namespace scalelaw {

std::vector<KernelEntry> own_kernels() {
  std::vector<KernelEntry> all = kernel_entries<AllKernels>();
  all.push_back(collectives_entry());
  return all;
}

}  // namespace scalelaw
