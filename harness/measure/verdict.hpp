#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What is known of a point while its campaign runs.
struct Tally {
  std::vector<double> quiet_s;  ///< medians of its good launches on a quiet machine
  std::vector<double> busy_s;   ///< ... on a busy one
  /// Each timed sample of these / its launch's median; of launches with three samples or more,
  /// since the ratios of two are a pair of mirror images whatever the noise is.
  std::vector<double> ratios;
  std::int64_t launches = 0;  ///< that ended well, or failed by the driver's own fault
  std::int64_t crashed = 0, invalid = 0, timeout = 0, wrong_result = 0;
  std::int64_t too_short = 0;  ///< whose samples the clock could not resolve; beside `launches`
  std::int64_t of_others = 0;  ///< failures that are not the driver's; beside `launches`
  double spent_s = 0;          ///< wall-clock seconds of `launches` and `too_short`

  /// Counts one more launch, with its samples; one that is superseded does not count.
  void add(const Launch& launch, std::span<const Sample> samples);
};

/// The tallies of all points, from the launches that `results` has.
std::vector<Tally> tally_all(const Results& results);

/// The fewest launches that a point is done with: six for an interval, and a third as many again.
constexpr std::int64_t first_look = 8;

/// Whether a point's launches, their median seconds in the order of time, are enough: the interval
/// of its median is within `target`, and it was before, with at most three quarters of them.  The
/// launches since then were made whatever they would show, so that luck has less of a say in when
/// a point is done.
/// Source: after Stein, "A two-sample test for a linear hypothesis whose power is independent of
///         the variance", Annals of Mathematical Statistics 16 (1945): a first sample says how many
///         launches are needed, and all of them give the interval.
bool settled(std::span<const double> times_s, double target);

/// Whether a point should be launched once more: it has not failed for good, and its launches are
/// not yet settled(), or its launches on a busy machine want repeating, within its budget.
/// A point has failed for good when one result was wrong, when a launch had to be killed before any
/// ended well, or when more launches failed than one and a quarter of all: a few among many are
/// repeated and mentioned.
bool needs_launch(const Tally& tally, const Measuring& measuring);

/// Roughly how long the point's further launches will take, seconds; NaN before its first.
double expected_s(const Tally& tally, const Measuring& measuring);

/// The point's state: pending while it needs a launch.
State state_of(const Tally& tally, const Measuring& measuring);

/// The states and reasons of all pending points, from their launches and samples
/// alone: pure, and what measure() does in the end.
void judge(Results& results, const Measuring& measuring);

}  // namespace scalelaw::harness
