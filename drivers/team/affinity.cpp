#include "drivers/team/affinity.hpp"

#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "common/cpu_list.hpp"

namespace scalelaw::driver {
namespace {

/// The CPUs that this thread may run on; empty when the system does not say.  It is asked directly:
/// hwloc would load its plugins and read the topology first, which takes longer than a short pass.
std::vector<int> cpus_of_this_thread() {
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

nlohmann::json affinity_of_this_thread(int thread) {
  const std::vector<int> cpus = cpus_of_this_thread();
  return {{"thread", thread},
          {"cpus", cpus.empty() ? "unknown" : format_cpu_list(cpus)},
          {"last_cpu", sched_getcpu()}};
}

}  // namespace

nlohmann::json thread_affinity(Team& team) {
  std::vector<nlohmann::json> entries(static_cast<std::size_t>(team.size()));
  team.run([&](int thread) {
    entries[static_cast<std::size_t>(thread)] = affinity_of_this_thread(thread);
  });
  return entries;
}

std::string host_name() {
  // SLURM's own name for this node: several of its nodes can be one machine, and the host name can
  // be longer than the name that users know.
  const char* node = std::getenv("SLURMD_NODENAME");
  if (node != nullptr && *node != '\0') return node;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace scalelaw::driver
