#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace scalelaw::harness {

/// One quantity over the campaigns of a history.
struct Line {
  std::vector<std::size_t> at;  ///< the numbers of the campaigns that have it, ascending
  std::vector<double> value;    ///< its value in each: the logarithm of seconds
};

/// A place where a line's level changes.
struct Step {
  std::size_t first = 0;  ///< position in the line of the first value after it
  double p_value = 1;     ///< how often a history without changes has anything as clear
};

/// What changes in one line.
struct Changes {
  std::vector<Step> steps;              ///< in the order of time
  std::optional<double> trend_p_value;  ///< of a slope between the steps; nothing: there is none
};

/// The fewest values on each side of a step.
constexpr std::size_t shortest_segment = 3;

/// The fewest values in which a step can be told from chance, when a history may have a false alarm
/// with the probability `false_alarms`: fewer have too few orders.
std::size_t fewest_for_a_step(double false_alarms);

/// The steps and trends of `lines`, which are observed together: values of one campaign may be
/// correlated.  In a history in which nothing changes, the probability that any step or trend of
/// any line is named is at most `false_alarms`.  This holds for any distribution of the values, as
/// long as the order of the campaigns carries no information.  It does not hold where neighbouring
/// campaigns are alike (autocorrelation): there, slow wandering is reported as steps or a trend.
///
/// Within each segment of each line, values are Winsorised at three robust standard deviations from
/// their median.  The statistic is the largest difference of two adjacent means, over all splits of
/// the seeded intervals of the segment, in standard deviations of the segment.  A line's slope has
/// a statistic of its own.  Their joint distribution without changes comes from permutations of the
/// campaigns, the same for all lines; each statistic is standardised by its own mean and deviation
/// there, and is judged by the distribution of the largest.  A line whose statistic exceeds it is
/// split in two, or gets a slope where the Bayesian information criterion prefers a straight line
/// to the best piecewise constant one.  This is repeated until nothing more is found.
/// Sources: Matteson & James, "A nonparametric approach for multiple change point analysis of
///          multivariate data", JASA 109 (2014), for permutations within segments; Kovacs et al.,
///          "Seeded binary segmentation", Biometrika 110 (2023), for the intervals; Westfall &
///          Young, Resampling-Based Multiple Testing (1993), section 2.3, for the largest of
///          several statistics; Daly et al., "The use of change point detection to identify
///          software performance regressions", ICPE 2020, for its use on benchmarks.
/// Errors: throws Error when `false_alarms` is below 0.001 or above 0.5, or a line is malformed.
std::vector<Changes> find_changes(std::span<const Line> lines, double false_alarms,
                                  std::uint64_t seed = 1);

}  // namespace scalelaw::harness
