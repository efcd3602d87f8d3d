#pragma once

#include <cstdint>
#include <vector>

#include "harness/plan/driver_facts.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The working sets, ascending, at which the memory of one placement is measured for points of
/// `bytes` each.  A ceiling serves its own size and those down to a tenth below it.  Where that
/// would need more than `most_exact_ceilings`, it serves sizes down to half of its own, so that
/// there is at most one for each doubling.
std::vector<std::int64_t> ceiling_sizes(std::vector<std::int64_t> bytes);
constexpr std::size_t most_exact_ceilings = 8;

/// Adds to a plan the ceilings that its kernels are compared with, in the same campaign and at the
/// same placements:
/// - `memory_read`, wherever a memory-bound kernel runs, over as many bytes as its points hold
///   there (ceiling_sizes()), so that the same cache or memory is read; few bytes many times over,
///   so that what a pass costs beside reading does not count; none for so few that the smallest
///   read is of more than twice as many;
/// - `core_rate`, at the same places, of each rate that the work of a point there demands, on a real
///   machine;
/// - `collectives`, wherever more than one rank runs: the exchanges that kernels' passes consist
///   of, small ones for their latency and large ones for their bandwidth.  Scattered input has the
///   shares of the largest point there (at most 256 MiB), because a message in a cache is faster.
/// Skipped and oversubscribed points have no ceiling, and peers have none of their own.  A driver
/// without these kernels gets none.  A ceiling that the config requests itself is not added twice.
/// Pure: it asks only `drivers`.
void add_ceilings(std::vector<Point>& points, const DriverFacts& drivers, std::int64_t seed);

}  // namespace scalelaw::harness
