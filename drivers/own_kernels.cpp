#include "all_kernels.hpp"
#include "drivers/collectives.hpp"
#include "drivers/input/inputs.hpp"
#include "drivers/kernel_entry.hpp"

namespace scalelaw {

std::vector<KernelEntry> own_kernels() {
  return kernel_entries<AllKernels>();
}

}  // namespace scalelaw
