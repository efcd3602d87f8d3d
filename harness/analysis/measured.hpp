#pragma once

#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// The ratio of the points' medians, `numerator` / `denominator`, with its rank interval.  Every
/// shown ratio of measured times is this one or measured_speedup() below, so that two tables never
/// differ in a number.  It has no interval where a side has fewer than six launches, or a time that
/// is not positive.
/// Errors: throws Error when a side has no launches.
Ratio measured_ratio(const Summary& numerator, const Summary& denominator);

/// How many times faster than `base` the point does its work, which is `work` times that of `base`.
Ratio measured_speedup(const Summary& base, const Summary& point, double work);

/// The same with a time from a fitted law as the baseline, for a series without one worker.
Ratio measured_speedup(const Ratio& base_s, const Summary& point, double work);

/// Whether a point takes longer than the fastest beyond doubt: their intervals do not touch.  Where
/// one has none: it takes over 10 % longer.
bool certainly_slower(const Summary& point, const Summary& fastest);

}  // namespace scalelaw::harness
