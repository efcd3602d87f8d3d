#pragma once

#include <span>

#include "harness/config/campaign.hpp"
#include "harness/measure/sampling.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Seconds that a campaign may take on a quiet machine.
struct TimeRange {
  double least_s = 0;        ///< every point is done with as few launches as a verdict needs
  double most_s = 0;         ///< every point uses its budget, or its last allowed launch
  double floor_s = 0;        ///< the launches that every point has whatever the campaign's budget
  std::int64_t foreign = 0;  ///< points of other programs, whose speed no plan knows
  bool gated = false;  ///< a busy machine makes it longer: the gate waits, and blocks are repeated
};

/// The cost of one launch, estimated from the point's work model alone: starting processes, making
/// the input, and the passes on a core of a present server.  It may be off by a factor of two or
/// three.  A pretending launcher only starts.
LaunchCost planned_cost(const Point& point, const Measuring& measuring, bool real_time);

/// The seconds of one launch with that cost.
double planned_launch_s(const Point& point, const Measuring& measuring, bool real_time);

/// What measuring the pending points will take, estimated before anything has run: their launches,
/// and the look for free cores before each block of launches.
TimeRange planned_time(std::span<const Point> points, const Measuring& measuring, bool real_time);

/// The seconds of the point's further launches.  How many they are follows from the spread of the
/// launches so far, and is limited by the budget.  `launch_s`: of one launch, while there is none.
double expected_s(const Tally& tally, const Measuring& measuring, double launch_s);

}  // namespace scalelaw::harness
