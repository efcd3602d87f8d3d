#include "drivers/team/affinity.hpp"

#include <hwloc.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

namespace scalelaw::driver {
namespace {

struct TopologyDeleter {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, TopologyDeleter>;

struct BitmapDeleter {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<std::remove_pointer_t<hwloc_bitmap_t>, BitmapDeleter>;

/// A topology for querying bindings, without caches and devices, so that it loads fast.
Topology load_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  Topology topology(raw);
  hwloc_topology_set_all_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_NONE);
  if (hwloc_topology_load(raw) != 0) return nullptr;
  return topology;
}

std::string list_of(hwloc_const_bitmap_t bitmap) {
  char* text = nullptr;
  if (hwloc_bitmap_list_asprintf(&text, bitmap) < 0) return "unknown";
  std::string list(text);
  std::free(text);
  return list;
}

nlohmann::json affinity_of_this_thread(hwloc_topology_t topology, int thread) {
  const Bitmap cpus(hwloc_bitmap_alloc());
  nlohmann::json entry{{"thread", thread}, {"cpus", "unknown"}, {"last_cpu", -1}};
  if (topology == nullptr || !cpus) return entry;
  if (hwloc_get_cpubind(topology, cpus.get(), HWLOC_CPUBIND_THREAD) == 0) {
    entry["cpus"] = list_of(cpus.get());
  }
  if (hwloc_get_last_cpu_location(topology, cpus.get(), HWLOC_CPUBIND_THREAD) == 0) {
    entry["last_cpu"] = hwloc_bitmap_first(cpus.get());
  }
  return entry;
}

}  // namespace

nlohmann::json thread_affinity(Team& team) {
  const Topology topology = load_topology();
  std::vector<nlohmann::json> entries(static_cast<std::size_t>(team.size()));
  team.run([&](int thread) {
    entries[static_cast<std::size_t>(thread)] = affinity_of_this_thread(topology.get(), thread);
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
