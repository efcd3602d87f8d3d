#include "harness/machine/topology.hpp"

#include <fmt/format.h>
#include <hwloc.h>

#include <array>

#include "harness/machine/hwloc_handle.hpp"

namespace scalelaw::harness {
namespace {

TopologyHandle load_whole_machine() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return nullptr;
  TopologyHandle owned(topology);
  hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (hwloc_topology_load(topology) != 0) return nullptr;
  return owned;
}

std::string count(hwloc_topology_t topology, hwloc_obj_type_t type) {
  const int n = hwloc_get_nbobjs_by_type(topology, type);
  return n > 0 ? std::to_string(n) : "unknown";
}

std::string caches(hwloc_topology_t topology, hwloc_obj_type_t type) {
  const int n = hwloc_get_nbobjs_by_type(topology, type);
  if (n <= 0) return "unknown";
  const hwloc_obj* const first = hwloc_get_obj_by_type(topology, type, 0);
  return fmt::format("{} x {} bytes", n, first->attr->cache.size);
}

}  // namespace

void capture_topology(std::map<std::string, std::string>& environment) {
  constexpr std::array names{"topology.synthetic", "topology.packages", "topology.cores",
                             "topology.threads",   "topology.l1d",      "topology.l2",
                             "topology.l3"};
  for (const char* name : names) environment[name] = "unknown";
  const TopologyHandle topology = load_whole_machine();
  if (!topology) return;
  std::array<char, 4096> synthetic{};
  if (hwloc_topology_export_synthetic(topology.get(), synthetic.data(), synthetic.size(), 0) > 0) {
    environment["topology.synthetic"] = synthetic.data();
  }
  environment["topology.packages"] = count(topology.get(), HWLOC_OBJ_PACKAGE);
  environment["topology.cores"] = count(topology.get(), HWLOC_OBJ_CORE);
  environment["topology.threads"] = count(topology.get(), HWLOC_OBJ_PU);
  environment["topology.l1d"] = caches(topology.get(), HWLOC_OBJ_L1CACHE);
  environment["topology.l2"] = caches(topology.get(), HWLOC_OBJ_L2CACHE);
  environment["topology.l3"] = caches(topology.get(), HWLOC_OBJ_L3CACHE);
}

std::string hwloc_version() {
  return HWLOC_VERSION;
}

}  // namespace scalelaw::harness
