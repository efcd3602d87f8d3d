#include "harness/statistics/repetition.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>

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

std::vector<LaunchTime> quiet_ones(std::span<const LaunchTime> launches) {
  std::vector<LaunchTime> quiet;
  std::ranges::copy_if(launches, std::back_inserter(quiet),
                       [](const LaunchTime& launch) { return !launch.busy; });
  return quiet;
}

std::vector<LaunchTime> in_allocation(std::span<const LaunchTime> launches, std::string_view name) {
  std::vector<LaunchTime> out;
  std::ranges::copy_if(launches, std::back_inserter(out),
                       [&](const LaunchTime& launch) { return launch.allocation == name; });
  return out;
}

/// The allocation with the most launches, if they are enough for an interval; of equals, the first.
std::optional<std::string> sufficient_allocation(std::span<const LaunchTime> launches) {
  std::optional<std::string> best;
  std::size_t most = fewest_repetitions - 1;
  for (const std::string_view name : allocations_in(launches)) {
    const std::size_t count = in_allocation(launches, name).size();
    if (count <= most) continue;
    most = count;
    best = name;
  }
  return best;
}

}  // namespace

std::string allocation_of(const Launch& launch) {
  if (launch.allocation.empty()) return {};
  return fmt::format("{} on {}", launch.allocation, fmt::join(launch.nodes, ","));
}

std::size_t count_allocations(std::span<const LaunchTime> launches) {
  return allocations_in(launches).size();
}

std::vector<LaunchTime> launches_of_counting_allocations(std::span<const LaunchTime> launches) {
  const std::size_t allocations = count_allocations(launches);
  if (allocations > 1 && allocations < fewest_repetitions) {
    std::optional<std::string> one = sufficient_allocation(quiet_ones(launches));
    if (!one) one = sufficient_allocation(launches);
    if (one) return in_allocation(launches, *one);
  }
  return {launches.begin(), launches.end()};
}

std::vector<LaunchTime> counting_launches(std::span<const LaunchTime> launches) {
  std::vector<LaunchTime> counting = launches_of_counting_allocations(launches);
  std::vector<LaunchTime> quiet = quiet_ones(counting);
  const bool enough =
      quiet.size() >= fewest_repetitions &&
      count_allocations(quiet) >= std::min(fewest_repetitions, count_allocations(counting));
  return enough ? quiet : counting;
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
    for (const LaunchTime& launch : in_allocation(launches, allocation)) {
      of_one.push_back(launch.median_s);
    }
    out.push_back(median(of_one));
  }
  return out;
}

}  // namespace scalelaw::harness
