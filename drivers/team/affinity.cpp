#include "drivers/team/affinity.hpp"

#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "common/cpu_list.hpp"
#include "common/own_processors.hpp"

namespace scalelaw::driver {
namespace {

nlohmann::json affinity_of_this_thread(int thread) {
  const std::vector<int> cpus = processors_of_this_thread();
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
