#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/repetition.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// Whether a launch's samples count in statistics: it succeeded, and its point has not been
/// measured again since.
constexpr bool gives_times(const Launch& launch) {
  return launch.state == State::ok && !launch.superseded;
}

/// What is known about a point's time.
struct Summary {
  std::vector<LaunchTime> launches;    ///< those that count: ended well, not diagnostic
  std::int64_t samples = 0;            ///< timed samples in them
  std::size_t allocations = 0;         ///< that they come from
  double median_s = 0;                 ///< of what the interval counts; NaN when there are none
  std::optional<Interval> interval_s;  ///< 95 %, of the median over repetitions_s(), n >= 6
  bool busy = false;  ///< includes launches on a busy machine, because there were too few others
  bool unproven = false;  ///< some of these launches do not prove where their threads ran

  /// The launches' medians, seconds.
  [[nodiscard]] std::vector<double> times_s() const;
  /// What medians, ratios, fits and bootstraps count: these, or the medians of several allocations.
  [[nodiscard]] std::vector<double> repetitions_s() const;
  /// (high - low) / 2 / median; infinity when there is no interval.
  [[nodiscard]] double half_width() const;
};

/// The summary of point number `point`, from its counting_launches().
Summary summarize(const Results& results, std::int64_t point);

/// summarize() of every point, in order, in one pass over the samples.
std::vector<Summary> summarize_all(const Results& results);

}  // namespace scalelaw::harness
