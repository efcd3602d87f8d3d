#pragma once

#include <hwloc.h>

#include <memory>

namespace scalelaw::harness {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
/// A topology of hwloc that destroys itself.
using TopologyHandle = std::unique_ptr<hwloc_topology, DestroyTopology>;

}  // namespace scalelaw::harness
