#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// Whether a launch's samples count in statistics: it succeeded, and its point has not been
/// measured again since.
constexpr bool gives_times(const Launch& launch) {
  return launch.state == State::ok && !launch.superseded;
}

/// The result of one launch: the median of its timed samples.  Samples of one launch share a
/// process, its pages and a moment, so they are correlated.  The launch is the independent unit:
/// intervals count launches, never samples.
/// Source: Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013, section 4;
///         Hoefler & Belli, SC15, section 4.2.2.
struct LaunchTime {
  std::int64_t launch = 0;  ///< index into Results::launches
  double median_s = 0;
  bool busy = false;
};

/// What is known about a point's time.
struct Summary {
  std::vector<LaunchTime> launches;    ///< those that count: ended well, not diagnostic
  std::int64_t samples = 0;            ///< timed samples in them
  double median_s = 0;                 ///< median of the launches' medians; NaN when there are none
  std::optional<Interval> interval_s;  ///< 95 %, of the median over launches, n >= 6
  bool busy = false;  ///< includes launches on a busy machine, because there were too few others
  bool unproven = false;  ///< some of these launches do not prove where their threads ran

  /// The launches' medians, seconds: what ratios, fits and bootstraps take.
  [[nodiscard]] std::vector<double> times_s() const;
  /// (high - low) / 2 / median; infinity when there is no interval.
  [[nodiscard]] double half_width() const;
};

/// The summary of point number `point`.  Launches on a busy machine are omitted as soon as there are
/// enough quiet ones for an interval.  They are known by what was seen of the machine (Launch::busy),
/// so no launch is omitted because of its time.
Summary summarize(const Results& results, std::int64_t point);

/// summarize() of every point, in order, in one pass over the samples.
std::vector<Summary> summarize_all(const Results& results);

}  // namespace scalelaw::harness
