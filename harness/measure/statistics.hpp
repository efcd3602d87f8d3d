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

/// The ratio of the medians of two independent samples of positive values, e.g. a speedup.  Its
/// interval is the Hodges-Lehmann interval of the shift between the logarithms: order statistics of
/// all pairwise ratios, with ranks from the exact distribution of the Mann-Whitney statistic (its
/// normal approximation above 1600 pairs), widened where needed to hold the ratio of the medians.
/// Exact, and free of any assumption on the distribution, when the two differ by a factor alone;
/// near its nominal coverage when their spreads differ too (the tests measure how near). Source:
/// Hodges & Lehmann, Ann. Math. Statist. 34 (1963); Lehmann, Ann. Math. Statist. 34 (1963)
///         1507-1512; Mann & Whitney, Ann. Math. Statist. 18 (1947), for the recursion.
/// Errors: throws Error when a side is empty or a value is not positive.
Ratio ratio_of_medians(std::span<const double> numerator, std::span<const double> denominator,
                       double confidence = 0.95);

}  // namespace scalelaw
