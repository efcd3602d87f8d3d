#pragma once

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

/// The rank interval of the median at `confidence`, whatever the distribution of the values.  Its
/// ends are the order statistics x_(j) and x_(n+1-j) with the largest j whose binomial coverage
/// 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2), is at least `confidence`, drawn in towards the next ranks
/// where that is more than `confidence`.  Nothing when all values together have less.
/// Sources: Hahn & Meeker, Statistical Intervals (1991), section 5.2; Hoefler & Belli, SC15, rule 5;
///          Hettmansperger & Sheather, "Confidence intervals based on interpolated order
///          statistics", Statistics & Probability Letters 4 (1986), for ends between ranks.
std::optional<Interval> rank_interval(std::span<const double> values, double confidence);

/// The interval of a point's median, from the median seconds of its launches.  It is the rank
/// interval at 97 %; of six launches it is their range, which has 96.9 %.  Nothing below six.
/// A campaign stops when it likes this interval, so that the points that it calls converged are the
/// luckier ones: of their intervals, 93 to 97 % hold (docs/methodology.md, section 1).  So the
/// confidence that it states is 95 %, and 96.9 % for six launches.
std::optional<Interval> median_interval(std::span<const double> launches);

/// A quantity with its interval; nothing where there are too few launches for one.
struct Ratio {
  double value = 0;
  std::optional<Interval> interval;
};

/// The ratio of two points' medians, from the launches' median seconds of each.
///
/// Its interval joins the medians' intervals on the logarithms: each end is as far from the ratio as
/// the two ends that move it there, their squares added.  The distances are divided by Student's t
/// of their own degrees of freedom before, and multiplied by that of the sum's after.  Otherwise
/// the interval of two equally noisy points would hold in 99 %: two intervals are seldom too narrow
/// together.  A rank interval of n launches has n/3 + 1 degrees of freedom, which was chosen by
/// simulation (docs/methodology.md, section 1).  It assumes that the two points are independent,
/// and neither equal noise nor equal shapes.  Nothing below six launches on a side.
/// Sources: Zou & Donner, "Construction of confidence limits about effect measures", Statistics in
///          Medicine 27 (2008): the method of variance estimates recovery; Welch, "The
///          generalization of 'Student's' problem when several different population variances are
///          involved", Biometrika 34 (1947), for the degrees of freedom of a sum.
/// Errors: throws Error when a side is empty or a value is not positive.
Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s);

}  // namespace scalelaw::harness
