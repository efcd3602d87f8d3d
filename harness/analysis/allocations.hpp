#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// An allocation of nodes, and the launches with times that ran in it.
struct AllocationUse {
  std::string allocation;  ///< what granted the nodes (Launch::allocation)
  std::vector<std::string> nodes;
  std::int64_t launches = 0;
};

/// The allocations that times come from, in the order of their first launches.  Of the nodes of one
/// job, points of fewer nodes used the first ones: these are listed once, with all that any used.
/// None for a campaign to which nothing granted nodes.
std::vector<AllocationUse> allocations_of(const Results& results);

}  // namespace scalelaw::harness
