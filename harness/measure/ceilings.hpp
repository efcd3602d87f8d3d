#pragma once

#include <cstdint>
#include <vector>

#include "harness/plan/driver_facts.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// The experiment that ceilings belong to.
constexpr const char* ceilings_experiment = "ceilings";
constexpr const char* ceiling_read = "memory_read";
constexpr const char* ceiling_exchange = "collectives";

/// Adds to a plan what its kernels are to be held against, in the same campaign and at the same
/// placements:
/// - `memory_read`, wherever a memory-bound kernel runs, of as many bytes as the largest of them
/// holds
///   there, so that the same memory is read;
/// - `collectives` wherever more than one rank runs: the exchanges that kernels' passes are made
/// of,
///   small ones for their latency and large ones for their bandwidth; scattered input in the
///   shares that the largest point there is dealt (at most 256 MiB), since a message that a cache
///   holds is faster.
/// Points that are skipped or oversubscribed have no ceiling, and peers none of their own.  A
/// driver without these kernels gets none; a ceiling that the config asks for itself is not added
/// twice. Pure: asks `drivers` alone.
void add_ceilings(std::vector<Point>& points, const DriverFacts& drivers, std::int64_t seed);

}  // namespace scalelaw
