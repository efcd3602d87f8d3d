#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// What is known of a point while its campaign runs.
struct Tally {
  std::vector<double> quiet_s;  ///< medians of its good launches on a quiet machine
  std::vector<double> busy_s;   ///< ... on a busy one
  std::vector<double> ratios;   ///< each timed sample of these / its launch's median
  std::int64_t launches = 0;    ///< all of them
  std::int64_t crashed = 0, refused = 0, invalid = 0, timeout = 0, wrong_result = 0;
  double spent_s = 0;  ///< wall-clock seconds of all its launches

  /// Counts one more launch, with its samples.
  void add(const Launch& launch, std::span<const Sample> samples);
};

/// The tallies of all points, from the launches that `results` has.
std::vector<Tally> tally_all(const Results& results);

/// Whether a point should be launched once more: it has not failed for good, and its interval is
/// not yet narrow enough, or its launches on a busy machine want repeating, within its budget.
bool needs_launch(const Tally& tally, const Measuring& measuring);

/// Roughly how long the point's further launches will take, seconds; NaN before its first.
double expected_s(const Tally& tally, const Measuring& measuring);

/// The point's state: pending while it needs a launch.
State state_of(const Tally& tally, const Measuring& measuring);

/// The states and reasons of all pending points, from their launches and samples
/// alone: pure, and what measure() does in the end.
void judge(Results& results, const Measuring& measuring);

}  // namespace scalelaw
