#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace scalelaw {

/// A two-sided confidence interval and the confidence that it really has (at least what was asked).
struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;
};

/// The `q`-quantile of `values` (any order), q in [0, 1]: linear between the order statistics at
/// h = (n - 1) q, as NumPy's default (Hyndman & Fan 1996, type 7).  Errors: throws Error when
/// empty.
double quantile(std::span<const double> values, double q);

/// quantile(values, 0.5).
double median(std::span<const double> values);

/// The exact, distribution-free rank interval of the median: [x_(j), x_(n+1-j)] with the largest j
/// whose binomial coverage 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2), is at least `confidence`.
/// Nothing when n is too small for any (below 6 at 95 %).
/// Source: Hahn & Meeker, Statistical Intervals (1991), section 5.2; Hoefler & Belli, SC15, rule 5.
std::optional<Interval> rank_interval(std::span<const double> values, double confidence = 0.95);

/// median(numerator) / median(denominator) and its interval.
struct Ratio {
  double value = 0;
  std::optional<Interval> interval;  ///< nothing when the samples are too small for one
};

/// The ratio of two points' medians, from the launches' median seconds of each.  The interval is
/// the exact, distribution-free one of a common factor between the two: the ordered quotients of
/// all pairs, cut where Mann and Whitney's rank test at that level would just not reject.  It
/// assumes independent launches and no law of their times.  Widened to hold `value`.  Nothing when
/// there are too few launches for any (at 95 %, below 4 on each side, or 3 and 5). Source: Moses
/// (1953) and Hodges & Lehmann (1963), as in Hollander, Wolfe & Chicken, Nonparametric Statistical
/// Methods (3rd ed., 2014), sections 4.1 to 4.3. Errors: throws Error when a side is empty or a
/// value is not positive.
Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s, double confidence = 0.95);

}  // namespace scalelaw
