#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace scalelaw::harness {

/// A two-sided confidence interval and the confidence that it really has (at least what was asked).
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

/// The exact, distribution-free rank interval of the median: [x_(j), x_(n+1-j)] with the largest j
/// whose binomial coverage 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2), is at least `confidence`.
/// Nothing when n is too small for any (below 6 at 95 %).
/// Source: Hahn & Meeker, Statistical Intervals (1991), section 5.2; Hoefler & Belli, SC15, rule 5.
std::optional<Interval> rank_interval(std::span<const double> values, double confidence = 0.95);

/// The first look: with so many launches a campaign first asks whether a point's interval is narrow
/// enough to stop.
constexpr std::int64_t first_look = 8;

/// The interval of the median of launches that were counted while they were made.  A campaign looks
/// at a point after each launch from the `first_look`th on, and stops when it likes what it sees,
/// so that an ordinary 95 % interval would hold less often than it says.  Here the rank interval of
/// n launches has the level 1 - 0.01 min(1, 30/n), and all intervals from the first look on hold
/// the median at once with 95 % (97 % up to 30 launches): that is the chance that a walk of fair
/// steps, the number of launches below the median, stays inside all of them.  It assumes
/// independent launches, no law of their times, and nothing of when and why one stops.  Below the
/// first look it is rank_interval().  Nothing below 6 launches.
/// Source: Darling & Robbins, "Confidence sequences for mean, variance, and median", PNAS 58
///         (1967); Howard & Ramdas, "Sequential estimation of quantiles", Bernoulli 28 (2022).
std::optional<Interval> median_interval(std::span<const double> launches);

/// A quantity with its interval; nothing where there are too few launches for one.
struct Ratio {
  double value = 0;
  std::optional<Interval> interval;
};

/// One median over another, from each with its interval.  The two intervals are joined on the
/// logarithms: each end is as far from the ratio as the two ends that move it there, their squares
/// added.  It assumes that the two are independent, and no law of their times: neither equal noise
/// nor equal shapes, for the ranks of each point stand alone.  Nothing when one has no interval.
/// Source: Zou & Donner, "Construction of confidence limits about effect measures", Statistics in
///         Medicine 27 (2008): the method of variance estimates recovery.
/// Errors: throws Error when a value is not positive.
Ratio ratio_of_medians(const Ratio& numerator, const Ratio& denominator);

/// The ratio of two points' medians, from the launches' median seconds of each.  It joins the two
/// medians' rank intervals at 97 %, drawn in between ranks where these have more, which hold a
/// ratio with 95 % in spite of a rule that stops launches when their interval is narrow.  It has an
/// interval from six launches on each side.
/// Source: Hettmansperger & Sheather, "Confidence intervals based on interpolated order
/// statistics",
///         Statistics & Probability Letters 4 (1986), for ends between ranks.
/// Errors: throws Error when a side is empty or a value is not positive.
Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s);

}  // namespace scalelaw::harness
