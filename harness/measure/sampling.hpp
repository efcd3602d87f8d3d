#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The timed samples of one launch, as far as the choice of their number needs them.
struct LaunchSamples {
  std::int64_t samples = 0;
  double wall_s = 0;       ///< of the whole launch
  double timed_s = 0;      ///< of its timed samples
  double mean_log = 0;     ///< mean of the logarithms of the samples' seconds
  double squares_log = 0;  ///< sum of their squared deviations from it
};

/// The timed samples of a launch; none when it has no positive time.
LaunchSamples launch_samples(const Launch& launch, std::span<const Sample> samples);

/// What a launch costs, in seconds.
struct LaunchCost {
  double launch_s = 0;  ///< without its timed samples
  double sample_s = 0;  ///< each of these
};

/// The mean cost of launches, of which at least one has samples.
LaunchCost cost_of(std::span<const LaunchSamples> launches);

/// How many timed samples a launch takes, and why.
struct SampleChoice {
  std::int64_t samples = 1;
  std::string why;
  std::int64_t generous = samples;  ///< the most that keep four fifths of the efficiency
};

/// The number of samples, from 1 to `most`, with which a median gets narrow in the least time, from
/// the launches so far.
///
/// With costs c (of a launch without samples) and s (of a sample), and variances V between launches
/// and v between the samples of one, n launches of k samples take n (c + k s), and their mean has
/// the variance (V + v/k)/n.  The product is least at k = sqrt(c/s v/V).  V is known badly after a
/// few launches, and its estimate may be negative.  So k is the number with the least mean loss of
/// efficiency over the ratios V/v that the launches leave possible: the quantiles of the F
/// distribution that the ratio of the mean squares has, at least 0.  Before the third launch, V/v
/// is anything from a tenth to ten, and at least two samples show something of v.  Of numbers that lose nearly as little, the largest is taken: it
/// shows more of the scatter within a launch.
/// Source: Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013, section 6, for
///         the best number; Searle, Casella & McCulloch, "Variance components" (1992), section 3.5,
///         for the distribution of the ratio.
SampleChoice choose_samples(std::span<const LaunchSamples> launches, std::int64_t most);

/// How much of the best efficiency `samples` give: 1 at the best number.  `ratio`: V/v.
double sampling_efficiency(const LaunchCost& cost, double ratio, std::int64_t samples);

}  // namespace scalelaw::harness
