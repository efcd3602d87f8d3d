#include "harness/analysis/allocations.hpp"

#include <algorithm>

#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

/// Whether one of the two lists of nodes has all of the other.
bool is_nested(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto has = [](const std::vector<std::string>& all, const std::vector<std::string>& some) {
    return std::ranges::all_of(
        some, [&](const std::string& node) { return std::ranges::count(all, node) > 0; });
  };
  return has(a, b) || has(b, a);
}

}  // namespace

std::vector<AllocationUse> allocations_of(const Results& results) {
  std::vector<AllocationUse> out;
  for (const Launch& launch : results.launches) {
    if (launch.allocation.empty() || !gives_times(launch)) continue;
    auto use = std::ranges::find_if(out, [&](const AllocationUse& one) {
      return one.allocation == launch.allocation && is_nested(one.nodes, launch.nodes);
    });
    if (use == out.end()) use = out.insert(out.end(), {launch.allocation, launch.nodes, 0});
    if (launch.nodes.size() > use->nodes.size()) use->nodes = launch.nodes;
    ++use->launches;
  }
  return out;
}

}  // namespace scalelaw::harness
