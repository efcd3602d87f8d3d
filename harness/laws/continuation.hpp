#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A measured time as a continuation sees it.
struct TimedCount {
  double workers = 1;
  double log_s = 0;  ///< of the time; in weak series, of the time of one worker's share of the work
};

/// ln of the seconds at so many workers.
using LogCurve = std::function<double(double workers)>;

/// A way to continue beyond the largest measured worker count.  It is scaled to the time measured
/// at that count, so that only its shape matters.
struct Continuation {
  std::string_view name;       ///< e.g. "usl"
  std::string_view title;      ///< for people
  double prior = 1;            ///< its weight beside the others before it has predicted anything
  std::size_t parameters = 2;  ///< two worker counts determine two
  /// Its curve through `counts`: at least two, ascending in workers.
  LogCurve (*through)(std::span<const TimedCount> counts);
};

/// The continuations that are combined for series that are scaled so.
std::span<const Continuation> continuations(Scaling scaling);

/// The simple guesses that are shown beside a prediction: that the last exponent persists, and that
/// the efficiency stays the same.
std::span<const Continuation> baselines(Scaling scaling);

}  // namespace scalelaw::harness
