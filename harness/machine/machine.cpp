#include "harness/machine/machine.hpp"

#include <hwloc.h>

#include <algorithm>
#include <memory>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "common/memory.hpp"
#include "harness/machine/cores.hpp"
#include "harness/machine/hwloc_handle.hpp"

namespace scalelaw::harness {
namespace {

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

/// The part of this machine that this process may use.
TopologyHandle load_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) throw Error("hwloc cannot start", "reinstall libhwloc");
  TopologyHandle topology(raw);
  if (hwloc_topology_load(raw) != 0) {
    throw Error("hwloc cannot read this machine's topology", "make sure that /sys is mounted");
  }
  const Bitmap mine(hwloc_bitmap_alloc());
  if (hwloc_get_cpubind(raw, mine.get(), HWLOC_CPUBIND_PROCESS) == 0) {
    hwloc_topology_restrict(raw, mine.get(), 0);
  }
  return topology;
}

/// The sum of the outermost data caches.
std::int64_t last_level_cache(hwloc_topology_t topology) {
  for (const hwloc_obj_type_t type :
       {HWLOC_OBJ_L5CACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE}) {
    std::int64_t bytes = 0;
    for (hwloc_obj_t cache = hwloc_get_next_obj_by_type(topology, type, nullptr); cache != nullptr;
         cache = hwloc_get_next_obj_by_type(topology, type, cache)) {
      bytes += static_cast<std::int64_t>(cache->attr->cache.size);
    }
    if (bytes > 0) return bytes;
  }
  return 0;
}

}  // namespace

Machine find_machine() {
  Machine out;
  const Cores cores = find_cores();
  out.cores = cores.usable();
  out.cores_total = static_cast<std::int64_t>(cores.all.size());
  if (!cores.allowed.empty()) out.first_core = format_cpu_list(cores.allowed.front());
  out.last_level_cache_bytes = last_level_cache(load_topology().get());
  out.memory_bytes = static_cast<double>(available_memory_bytes().value_or(0));
  return out;
}

Machine with_nodes(Machine found, std::int64_t nodes, std::int64_t cores,
                   std::int64_t memory_bytes) {
  found.nodes = nodes;
  found.cores = found.cores_total = cores;
  if (memory_bytes > 0) found.memory_bytes = static_cast<double>(memory_bytes);
  return found;
}

Machine with_options(Machine found, const MachineOptions& options) {
  if (options.cores > 0) found.cores = found.cores_total = options.cores;
  if (options.memory_bytes > 0) found.memory_bytes = static_cast<double>(options.memory_bytes);
  if (options.last_level_cache_bytes > 0) {
    found.last_level_cache_bytes = options.last_level_cache_bytes;
  }
  return found;
}

}  // namespace scalelaw::harness
