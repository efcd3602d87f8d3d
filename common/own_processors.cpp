#include "common/own_processors.hpp"

#include <sched.h>

#include <cstddef>
#include <memory>

namespace scalelaw {

// The system is asked directly: hwloc would load its plugins and read the topology first, which
// takes longer than a short pass.
std::vector<int> processors_of_this_thread() {
  constexpr int most_cpus = 1 << 20;
  struct Free {
    void operator()(cpu_set_t* set) const { CPU_FREE(set); }
  };
  for (int cpus = 1024; cpus <= most_cpus; cpus *= 2) {
    const std::unique_ptr<cpu_set_t, Free> set(CPU_ALLOC(cpus));
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (!set) return {};
    if (sched_getaffinity(0, bytes, set.get()) != 0) continue;  // the kernel's masks are longer
    std::vector<int> out;
    for (int cpu = 0; cpu < cpus; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set.get())) out.push_back(cpu);
    }
    return out;
  }
  return {};
}

}  // namespace scalelaw
