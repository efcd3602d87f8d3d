#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "harness/measure/statistics.hpp"

namespace scalelaw {

/// The variance of one independent source of error, and the degrees of freedom it was estimated
/// with.  A freedom of zero says that the variance is unknown.
struct Noise {
  double variance = 0;
  double freedom = 0;
};

/// A point's time as the laws take it: the mean over launches of the logarithm of each launch's
/// median, so that exp(mean) is seconds.  Within a launch the median, which outliers do not move;
/// between launches the mean, whose error has a known law for as few launches as people can afford.
struct LogTime {
  double mean = 0;
  Noise noise;  ///< of the mean; unknown when there was one launch
  std::int64_t launches = 0;
};

/// The LogTime of a point's launches, from the median seconds of each.
/// Errors: throws Error when there are none or one is not positive.
LogTime log_time(std::span<const double> launch_medians_s);

/// Gives every time whose noise is unknown (one launch) the noise of a single launch pooled over
/// the others.  Leaves all unknown when no time has two launches.
void pool_unknown_noise(std::span<LogTime> times);

/// Independent errors of several inputs, and one more variance that all of them share (a law's lack
/// of fit), which is an estimate of its own.
struct NoiseModel {
  std::vector<Noise> each;
  Noise shared;  ///< variance added to every input; freedom 0 when there is none

  [[nodiscard]] bool known() const;
};

/// A quantity computed from inputs with errors.
using Quantity = std::function<double(std::span<const double> inputs)>;

/// The interval of `quantity` at `centre` by a parametric bootstrap: every input is drawn anew from
/// a normal law with its variance, widened by t(f)/z for the quantity's own effective degrees of
/// freedom f, and the percentiles of what the quantity makes of the draws are the interval.
/// f is Satterthwaite's, from the quantity's sensitivities to its inputs.  Without the widening a
/// percentile bootstrap over n launches is too narrow by sqrt((n - 1)/n) and by z instead of t.
/// Nothing when the noise is unknown.  The same `seed` gives the same interval.
/// Sources: Efron & Tibshirani, An Introduction to the Bootstrap (1993), sections 6.5 and 13;
///          Hesterberg, "What teachers should know about the bootstrap", The American Statistician
///          69 (2015), section 5.1 (expanded percentiles); Satterthwaite, Biometrics Bulletin 2
///          (1946).
std::optional<Interval> bootstrap_interval(const Quantity& quantity, std::span<const double> centre,
                                           const NoiseModel& noise, std::uint64_t seed = 1,
                                           double confidence = 0.95);

/// Satterthwaite's degrees of freedom of a sum of the errors with the given sensitivities.
double effective_freedom(std::span<const double> sensitivities, const NoiseModel& noise);

/// numerator / denominator of two points, launch by launch medians of each, with Welch's interval
/// of the logarithms.  `value` is the ratio of the medians; the interval is widened to hold it. No
/// interval when a side has one launch. Source: Welch, Biometrika 34 (1947), with Satterthwaite's
/// degrees of freedom. Errors: throws Error when a side is empty or a value is not positive.
Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s, double confidence = 0.95);

}  // namespace scalelaw
