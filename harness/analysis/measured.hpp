#pragma once

#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// How many times as long as `denominator` the point of `numerator` takes: the ratio of their
/// medians with its rank interval.  Every ratio of measured times that is shown is this one, or
/// measured_speedup() below, so that two tables never differ on one number.
/// No interval where a side has fewer than six launches, or a time that is not positive.
/// Errors: throws Error when a side has no launches.
Ratio measured_ratio(const Summary& numerator, const Summary& denominator);

/// How many times faster than `base` the point does its work, which is `work` times as much.
Ratio measured_speedup(const Summary& base, const Summary& point, double work);

/// The same over a time that a fitted law gives, for a series without one worker.
Ratio measured_speedup(const Ratio& base_s, const Summary& point, double work);

}  // namespace scalelaw::harness
