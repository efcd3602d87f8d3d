#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace scalelaw::harness {

/// A two-sided confidence interval and its confidence.
struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;
};

/// The `q`-quantile of `values` (any order), q in [0, 1]: linear between the order statistics at h
/// = (n - 1) q, as NumPy's default (Hyndman & Fan 1996, type 7).
/// Errors: throws Error when empty.
double quantile(std::span<const double> values, double q);

/// quantile(values, 0.5).
double median(std::span<const double> values);

/// The same of values that it may sort, without a copy: for resampling.
double median_in_place(std::span<double> values);

/// The rank interval of the median at `confidence`, whatever the distribution of the values.  Its
/// ends are the order statistics x_(j) and x_(n+1-j) with the largest j whose binomial coverage
/// 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2), is at least `confidence`.  Where the coverage is more, the
/// ends are moved towards the next ranks.  Nothing when even the range of all values has less.
/// Sources: Hahn & Meeker, Statistical Intervals (1991), section 5.2; Hoefler & Belli, SC15,
///          rule 5;
///          Hettmansperger & Sheather, "Confidence intervals based on interpolated order
///          statistics", Statistics & Probability Letters 4 (1986), for ends between ranks.
std::optional<Interval> rank_interval(std::span<const double> values, double confidence);

/// The fewest repetitions that have a 95 % interval.
constexpr std::size_t fewest_repetitions = 6;

/// The interval of a point's median, from the median seconds of what it counts (repetitions_s()):
/// of its launches, or of its allocations where there are several.  It is the rank interval at
/// 97 %; of six it is their range, which has 96.9 %.  Nothing below six.
/// It states a confidence of 95 %, and 96.9 % for six launches.  A campaign stops when this
/// interval is narrow, so converged points are the luckier ones: 93 to 97 % of their intervals hold
/// (docs/methodology.md, section 1).
std::optional<Interval> median_interval(std::span<const double> launches);

/// A quantity with its interval; nothing where there are too few launches for one.
struct Ratio {
  double value = 0;
  std::optional<Interval> interval;
};

/// The ratio of two points' medians, from the launches' median seconds of each.
///
/// Its interval combines the medians' intervals on the logarithms.  The distance to each end is the
/// root of the sum of the squared distances of the two ends that move the ratio there.  Before,
/// each distance is divided by Student's t for its own degrees of freedom; afterwards the sum is
/// multiplied by t for its degrees of freedom.  Without this, intervals of two equally noisy points
/// would hold in 99 % of cases, because two intervals are seldom too narrow together.  A rank
/// interval of n launches has n/3 + 1 degrees of freedom, which was chosen by simulation
/// (docs/methodology.md, section 1).  The two points must be independent.  Neither equal noise nor
/// equal shapes are assumed.  No interval with fewer than six launches on a side.
/// Sources: Zou & Donner, "Construction of confidence limits about effect measures", Statistics in
///          Medicine 27 (2008): the method of variance estimates recovery; Welch, "The
///          generalization of 'Student's' problem when several different population variances are
///          involved", Biometrika 34 (1947), for the degrees of freedom of a sum.
/// Errors: throws Error when a side is empty or a value is not positive.
Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s);

}  // namespace scalelaw::harness
