#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The result of one launch: the median of its timed samples.  Samples of one launch share a
/// process, its pages and a moment, so they are correlated.  Intervals therefore count launches,
/// never samples.
struct LaunchTime {
  std::int64_t launch = 0;  ///< index into Results::launches
  double median_s = 0;
  std::int64_t samples = 0;  ///< timed ones
  bool busy = false;
  std::string allocation{};  ///< allocation_of() it
};

/// Names what a launch has in common with the others of its allocation: the batch job that granted
/// its nodes, and these nodes.  A job that starts again may have others.  Empty where nothing
/// granted nodes, as on one machine, or where the file does not say.
std::string allocation_of(const Launch& launch);

/// How many allocations the launches come from; launches without one count as one.
std::size_t count_allocations(std::span<const LaunchTime> launches);

/// The launches of the allocations that count.  Two to five have no interval, as where a job was
/// cut and continued in another one: then the allocation with the most launches on a quiet machine
/// counts alone, or else the one with the most launches, if these are enough for an interval.  Of
/// equals, the first.
std::vector<LaunchTime> launches_of_counting_allocations(std::span<const LaunchTime> launches);

/// The launches that count: of these, without those on a busy machine, as soon as the quiet ones
/// are enough for an interval.  Busy ones are known by what was seen of the machine (Launch::busy),
/// never by their time.
std::vector<LaunchTime> counting_launches(std::span<const LaunchTime> launches);

/// The times that a point's median and its interval count, in seconds and in the order of time.
/// They are the medians of its launches.  Where these come from several allocations, they are the
/// medians of the launches of each: launches share what is particular to their nodes, as samples
/// share what is particular to their launch.
/// Source: Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013, section 5, for
///         repetition at the highest level that varies; Hoefler & Belli, SC15, section 4.2.2.
std::vector<double> repetitions_s(std::span<const LaunchTime> launches);

}  // namespace scalelaw::harness
