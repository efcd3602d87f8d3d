#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/measure/sampling.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/repetition.hpp"

namespace scalelaw::harness {

/// What is known about a point while its campaign runs.
struct Tally {
  std::vector<LaunchTime> times;  ///< of its good launches, in the order of time
  /// Each timed sample of these launches, divided by its launch's median.  Only of launches with at
  /// least three samples: two ratios are always mirror images, whatever the noise is.
  std::vector<double> ratios;
  std::vector<LaunchSamples> taken;  ///< by these launches
  std::int64_t launches = 0;         ///< that ended well, or failed by the driver's own fault
  std::int64_t crashed = 0, invalid = 0, timeout = 0, wrong_result = 0;
  std::int64_t too_short = 0;  ///< whose samples the clock could not resolve; beside `launches`
  std::int64_t of_others = 0;  ///< failures that are not the driver's; beside `launches`
  double spent_s = 0;          ///< wall-clock seconds of `launches` and `too_short`
  /// What one allocation has of these.
  struct Part {
    std::int64_t launches = 0;
    double spent_s = 0;
  };
  std::map<std::string, Part> parts;  ///< by allocation_of()

  /// Counts one more launch, with its samples.  A superseded launch does not count.
  void add(const Launch& launch, std::span<const Sample> samples);
};

/// What decides whether the point is launched once more: where a job was cut and goes on in another
/// allocation, the launches of the latest; else all.
Tally latest_part(const Tally& tally);

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

/// Whether a point should be launched once more.  It must not have failed for good, must be within
/// its budget, and must not be too noisy.  Its launches are not yet settled(), or those on a busy
/// machine should be repeated.  Where six allocations have launches, the interval counts these, and
/// more launches in one of them would hardly narrow it: then launches_wanted() are enough.  With
/// two to five, a job was cut and goes on in another allocation.  The interval then needs the
/// launches of one, so each has its own launches and budget, and one that is done is enough.
/// A point has failed for good when one result was wrong, when a launch had to be killed before any
/// succeeded, or when more than 1 + n/4 of its n launches failed.  Fewer failures are repeated and
/// mentioned.
bool needs_launch(const Tally& tally, const Measuring& measuring);

/// Whether further launches would be in vain, given the median seconds of the launches so far in
/// chronological order: even `most` launches would hardly narrow the median's interval to `target`.
/// An interval narrows with the root of the number of launches.  Its width so far is uncertain: it
/// has the degrees of freedom of ratio_over_launches(), and is taken at the lower end of its
/// one-sided 95 % interval.  The same must hold with three quarters of the launches, so that the
/// noise has stabilised.
/// Source: Lan, Simon & Halperin, "Stochastically curtailed tests in long-term clinical trials",
///         Sequential Analysis 1 (1982), for ending what cannot succeed; Stein (see settled()) for
///         the number that a first sample asks for.
bool is_hopeless(std::span<const double> times_s, double target, std::int64_t most);

/// The fewest launches of a point that is done: enough for settled(), or as many as are allowed.
std::int64_t launches_before_looking(const Measuring& measuring);

/// The launches that a verdict needs: those before the first look, plus one for each that was made
/// on a busy machine, up to the allowed repeats.
std::int64_t launches_wanted(const Tally& tally, const Measuring& measuring);

/// Half of the interval of the point's median, relative to the median; NaN before it has one.
double relative_half_width(const Tally& tally);

/// Whether its launches have given it an interval, and none of them is of `allocation`
/// (allocation_of()).  Launches of another allocation would not narrow that interval: with two, the
/// point would have none.
bool is_done_elsewhere(const Tally& tally, const std::string& allocation);

/// The point's state: pending while it needs a launch.
State state_of(const Tally& tally, const Measuring& measuring);

/// Likewise for a point that is launched no more, whatever it needs.
State last_state_of(const Tally& tally, const Measuring& measuring);

/// Sets the states and reasons of all pending points, from their launches and samples alone, as
/// measure() does at its end.  `ended`: points that are launched no more although they need
/// launches, with the reason, e.g. "the campaign's budget ended".
void judge(Results& results, const Measuring& measuring,
           const std::map<std::int64_t, std::string>& ended = {});

}  // namespace scalelaw::harness
