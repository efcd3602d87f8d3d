#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What is known about a point while its campaign runs.
struct Tally {
  std::vector<double> quiet_s;  ///< medians of its good launches on a quiet machine
  std::vector<double> busy_s;   ///< ... on a busy one
  /// Each timed sample of these launches, divided by its launch's median.  Only of launches with at
  /// least three samples: two ratios are always mirror images, whatever the noise is.
  std::vector<double> ratios;
  std::int64_t launches = 0;  ///< that ended well, or failed by the driver's own fault
  std::int64_t crashed = 0, invalid = 0, timeout = 0, wrong_result = 0;
  std::int64_t too_short = 0;  ///< whose samples the clock could not resolve; beside `launches`
  std::int64_t of_others = 0;  ///< failures that are not the driver's; beside `launches`
  double spent_s = 0;          ///< wall-clock seconds of `launches` and `too_short`

  /// Counts one more launch, with its samples.  A superseded launch does not count.
  void add(const Launch& launch, std::span<const Sample> samples);
};

/// The tallies of all points, from the launches in `results`.
std::vector<Tally> tally_all(const Results& results);

/// The fewest launches of a point that is done: six for an interval, and a third as many again.
constexpr std::int64_t first_look = 8;

/// Whether a point has enough launches, given their median seconds in chronological order.  The
/// half-width of its median's interval must be within `target`, and must have been so with at most
/// three quarters of the launches.  The later launches were made whatever they would show, so that
/// luck matters less.
/// Source: after Stein, "A two-sample test for a linear hypothesis whose power is independent of
///         the variance", Annals of Mathematical Statistics 16 (1945): a first sample says how many
///         launches are needed, and all of them give the interval.
bool settled(std::span<const double> times_s, double target);

/// Whether a point should be launched once more.  It must not have failed for good, and must be
/// within its budget.  Its launches are not yet settled(), or those on a busy machine should be
/// repeated.
/// A point has failed for good when one result was wrong, when a launch had to be killed before any
/// succeeded, or when more than 1 + n/4 of its n launches failed.  Fewer failures are repeated and
/// mentioned.
bool needs_launch(const Tally& tally, const Measuring& measuring);

/// The fewest launches of a point that is done: enough for settled(), or as many as are allowed.
std::int64_t launches_before_looking(const Measuring& measuring);

/// The launches that a verdict needs: those before the first look, plus one for each that was made
/// on a busy machine, up to the allowed repeats.
std::int64_t launches_wanted(const Tally& tally, const Measuring& measuring);

/// Half of the interval of the point's median, relative to the median; NaN before it has one.
double relative_half_width(const Tally& tally);

/// The point's state: pending while it needs a launch.
State state_of(const Tally& tally, const Measuring& measuring);

/// Sets the states and reasons of all pending points, from their launches and samples alone, as
/// measure() does at its end.
void judge(Results& results, const Measuring& measuring);

}  // namespace scalelaw::harness
