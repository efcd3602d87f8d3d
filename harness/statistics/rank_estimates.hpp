#pragma once

#include <span>
#include <vector>

#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// By how much `after` is larger than `before`: the median of all differences between a value of
/// one and a value of the other, with its interval.  The interval has at least the stated
/// confidence for two groups that differ in their level alone.  It is exact up to 50 values a side,
/// and uses the normal approximation beyond.  No interval where there are too few values.
/// Sources: Hodges & Lehmann, "Estimates of location based on rank tests", Annals of Mathematical
///          Statistics 34 (1963); Hollander, Wolfe & Chicken, Nonparametric Statistical Methods
///          (2014), section 4.3.
/// Errors: throws Error when a side is empty.
Ratio level_shift(std::span<const double> before, std::span<const double> after,
                  double confidence = 0.95);

/// A part of a line with one level: `y` at the places `x`, ascending.
struct Stretch {
  std::vector<double> x, y;
};

/// The slope that all stretches share: the median of the slopes of all pairs within a stretch, with
/// its interval.  Differences between stretches do not count.  No interval, and a value of 0, where
/// there are no pairs with different x.
/// Sources: Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968);
///          Hirsch, Slack & Smith, "Techniques of trend analysis for monthly water quality data",
///          Water Resources Research 18 (1982), for pooling.
Ratio common_slope(std::span<const Stretch> stretches, double confidence = 0.95);

}  // namespace scalelaw::harness
