#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// The variance of one independent source of error, and the degrees of freedom it was estimated
/// with.  A freedom of zero says that the variance is unknown.
struct Noise {
  double variance = 0;
  double freedom = 0;
  /// The errors of the estimate when its launches are resampled, scaled to a mean square of 1: the
  /// error is distributed as these, scaled to `variance`.  Empty: it is normal.
  std::vector<double> errors{};
};

/// Of the mean of independent values; unknown when there are fewer than two.
Noise noise_of_mean(std::span<const double> values);

/// A point's time as the laws take it: the logarithm of the median that all tables show, so that a
/// law and a table never speak of two times of one point.
struct LogTime {
  double centre = 0;  ///< exp(centre) is the median in seconds
  Noise noise;        ///< of the centre; unknown when there was one launch
  std::int64_t launches = 0;
  double median_s = 0;  ///< the median itself, to the last bit
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

/// The interval of `quantity` at `centre` by a bootstrap over launches: every input strays as it
/// does when its launches are drawn with replacement, and the percentiles of what the quantity
/// makes of the draws are the interval.  With few launches that is too narrow by z instead of t, so
/// the draws are widened by t(f)/z with the quantity's own effective degrees of freedom f,
/// Satterthwaite's, from its sensitivities to the inputs.  A shared variance, and a noise without
/// launches, are drawn from normal laws.
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

}  // namespace scalelaw::harness
