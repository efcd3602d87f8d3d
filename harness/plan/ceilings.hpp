#pragma once

#include <cstdint>
#include <vector>

#include "harness/plan/driver_facts.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The working sets at which the memory of one placement is measured, for points of `bytes` each,
/// ascending.  A ceiling serves its own size and those down to a tenth below it; where that would
/// need more than `most_exact_ceilings`, those down to half of it, so that there is never more than
/// one for each doubling.
std::vector<std::int64_t> ceiling_sizes(std::vector<std::int64_t> bytes);
constexpr std::size_t most_exact_ceilings = 8;

/// Adds to a plan what its kernels are held against, in the same campaign and at the same
/// placements:
/// - `memory_read`, wherever a memory-bound kernel runs, over as many bytes as its points hold
///   there (ceiling_sizes()), so that the same cache or memory is read;
/// - `collectives`, wherever more than one rank runs: the exchanges that kernels' passes consist
///   of, small ones for their latency and large ones for their bandwidth; scattered input in the
///   shares that the largest point there is dealt (at most 256 MiB), since a message that a cache
///   holds is faster.
/// Points that are skipped or oversubscribed have no ceiling, and peers none of their own.  A
/// driver without these kernels gets none; a ceiling that the config asks for itself is not added
/// twice.  Pure: asks `drivers` alone.
void add_ceilings(std::vector<Point>& points, const DriverFacts& drivers, std::int64_t seed);

}  // namespace scalelaw::harness
