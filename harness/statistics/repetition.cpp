#include "harness/statistics/repetition.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// The allocations, in the order of their first launches.
std::vector<std::string_view> allocations_in(std::span<const LaunchTime> launches) {
  std::vector<std::string_view> names;
  for (const LaunchTime& launch : launches) {
    if (std::ranges::count(names, std::string_view(launch.allocation)) == 0) {
      names.emplace_back(launch.allocation);
    }
  }
  return names;
}

}  // namespace

std::string allocation_of(const Launch& launch) {
  if (launch.allocation.empty()) return {};
  return fmt::format("{} on {}", launch.allocation, fmt::join(launch.nodes, ","));
}

std::size_t count_allocations(std::span<const LaunchTime> launches) {
  return allocations_in(launches).size();
}

std::vector<LaunchTime> counting_launches(std::span<const LaunchTime> launches) {
  std::vector<LaunchTime> quiet;
  std::ranges::copy_if(launches, std::back_inserter(quiet),
                       [](const LaunchTime& launch) { return !launch.busy; });
  const bool enough =
      quiet.size() >= fewest_repetitions &&
      count_allocations(quiet) >= std::min(fewest_repetitions, count_allocations(launches));
  return enough ? quiet : std::vector<LaunchTime>(launches.begin(), launches.end());
}

std::vector<double> repetitions_s(std::span<const LaunchTime> launches) {
  const std::vector<std::string_view> allocations = allocations_in(launches);
  std::vector<double> out;
  if (allocations.size() <= 1) {
    for (const LaunchTime& launch : launches) out.push_back(launch.median_s);
    return out;
  }
  for (const std::string_view allocation : allocations) {
    std::vector<double> of_one;
    for (const LaunchTime& launch : launches) {
      if (launch.allocation == allocation) of_one.push_back(launch.median_s);
    }
    out.push_back(median(of_one));
  }
  return out;
}

}  // namespace scalelaw::harness
