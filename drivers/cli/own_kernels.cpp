#include "all_kernels.hpp"
#include "drivers/cli/bind_kernel.hpp"
#include "drivers/cli/driver_main.hpp"
#include "drivers/paradigms/divide_and_conquer_entry.hpp"
#include "drivers/paradigms/shared_counter_entry.hpp"
#include "drivers/paradigms/task_batch_entry.hpp"
#include "drivers/paradigms/task_graph_entry.hpp"
#include "drivers/pass/collectives.hpp"

namespace scalelaw::driver {

std::vector<KernelEntry> own_kernels() {
  std::vector<KernelEntry> all = kernel_entries<AllKernels>();
  all.push_back(divide_and_conquer_entry());
  all.push_back(shared_counter_entry());
  all.push_back(task_batch_entry());
  all.push_back(task_graph_entry());
  all.push_back(collectives_entry());
  return all;
}

}  // namespace scalelaw::driver
