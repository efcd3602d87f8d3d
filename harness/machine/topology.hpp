#pragma once

#include <map>
#include <string>

namespace scalelaw::harness {

/// Adds what hwloc knows of this machine: "topology.synthetic" (the tree as one line that hwloc
/// reads back), counts of packages, cores and hardware threads, and the caches' sizes and numbers.
void capture_topology(std::map<std::string, std::string>& environment);

/// The version of the hwloc library that this was built with, e.g. "2.9.0".
std::string hwloc_version();

}  // namespace scalelaw::harness
