#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {

/// The variance of one independent source of error, and the degrees of freedom of its estimate.
/// With zero degrees of freedom, the variance is unknown.
struct Noise {
  double variance = 0;
  double freedom = 0;
  /// The distribution of the error: errors of the estimate when its launches are resampled, scaled
  /// to a mean square of 1.  Scale them to `variance`.  Empty: the error is normal.
  std::vector<double> errors{};
};

/// The noise of the mean of independent values; unknown when there are fewer than two.
Noise noise_of_mean(std::span<const double> values);

/// A point's time as the laws use it: the logarithm of the median that all tables show.  So laws
/// and tables never disagree about the time of a point.
struct LogTime {
  double centre = 0;  ///< exp(centre) is the median in seconds
  Noise noise;        ///< of the centre; unknown when there was one launch
  std::int64_t launches = 0;
  double median_s = 0;  ///< the median itself, to the last bit
};

/// The LogTime of a point's launches, from the median seconds of each.
/// Errors: throws Error when there are none or one is not positive.
LogTime log_time(std::span<const double> launch_medians_s);

/// Sets the noise of every time with unknown noise (one launch) to that of a single launch, pooled
/// over the other times.  Leaves all unknown when no time has two launches.
void pool_unknown_noise(std::span<LogTime> times);

/// Independent errors of several inputs, and a variance that is added to each of them (a law's lack
/// of fit), with its own degrees of freedom.
struct NoiseModel {
  std::vector<Noise> each;
  Noise shared;  ///< variance added to every input; freedom 0 when there is none

  [[nodiscard]] bool known() const;
};

/// A function that computes a quantity from inputs with errors.
using Quantity = std::function<double(std::span<const double> inputs)>;

/// The interval of `quantity` at `centre` by a bootstrap over launches.  Every input varies as it
/// does when its launches are drawn with replacement, and the percentiles of `quantity` over these
/// draws are the interval's ends.  With few launches this would be too narrow, so the draws are
/// widened by t(f)/z.  f is Satterthwaite's effective degrees of freedom of the quantity, from its
/// sensitivities to the inputs.  A shared variance, and noise without launches, are drawn from
/// normal distributions.  Nothing when the noise is unknown.  Equal seeds give equal intervals.
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
