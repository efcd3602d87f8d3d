#include "harness/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

/// 1 - 2 P(B <= j - 1), B ~ Bin(n, 1/2): how often the j-th smallest and the j-th largest of n
/// values hold the median between them.
double coverage_of(std::size_t n, std::size_t j) {
  const boost::math::binomial_distribution<double> heads(static_cast<double>(n), 0.5);
  return 1 - 2 * boost::math::cdf(heads, static_cast<double>(j - 1));
}

/// The interval of a median at 97 %, between the ranks where these would have more; all values
/// where six have less.  Two such, joined, hold a ratio with 95 %.
std::optional<Interval> part_of_ratio(std::span<const double> values) {
  constexpr double confidence = 0.97;
  constexpr std::size_t fewest = 6;
  const std::size_t n = values.size();
  if (n < fewest) return std::nullopt;
  std::size_t j = 1;
  while (2 * (j + 1) <= n && coverage_of(n, j + 1) >= confidence) ++j;
  const std::vector<double> x = sorted(values);
  double inward = 0;  // how much of the way to the next rank
  if (2 * (j + 1) <= n && coverage_of(n, j) > confidence) {
    const double surplus =
        (coverage_of(n, j) - confidence) / (coverage_of(n, j) - coverage_of(n, j + 1));
    const auto from_end = static_cast<double>(j), others = static_cast<double>(n - j);
    inward = others * surplus / (from_end + (others - from_end) * surplus);
  }
  return Interval{x[j - 1] + inward * (x[j] - x[j - 1]),
                  x[n - j] - inward * (x[n - j] - x[n - j - 1]), confidence};
}

}  // namespace

double quantile(std::span<const double> values, double q) {
  if (values.empty()) throw Error("a quantile of no values was asked for");
  const std::vector<double> x = sorted(values);
  const double h = static_cast<double>(x.size() - 1) * q;
  const auto below = static_cast<std::size_t>(std::floor(h));
  const std::size_t above = std::min(below + 1, x.size() - 1);
  const double part = h - static_cast<double>(below);
  return part == 0 ? x[below] : x[below] + part * (x[above] - x[below]);
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

std::optional<Interval> rank_interval(std::span<const double> values, double confidence) {
  const std::size_t n = values.size();
  if (n == 0) return std::nullopt;
  if (coverage_of(n, 1) < confidence) return std::nullopt;
  std::size_t j = 1;
  while (2 * (j + 1) <= n && coverage_of(n, j + 1) >= confidence) ++j;
  const std::vector<double> x = sorted(values);
  return Interval{x[j - 1], x[n - j], coverage_of(n, j)};
}

std::optional<Interval> median_interval(std::span<const double> launches) {
  const auto n = static_cast<double>(launches.size());
  if (n < first_look) return rank_interval(launches);
  auto interval = rank_interval(launches, 1 - 0.01 * std::min(1.0, 30 / n));
  if (interval) interval->confidence = 0.95;  // of all looks together
  return interval;
}

Ratio ratio_of_medians(const Ratio& numerator, const Ratio& denominator) {
  const auto &above = numerator.interval, &below = denominator.interval;
  const bool positive = numerator.value > 0 && denominator.value > 0 &&
                        (!above || above->low > 0) && (!below || below->low > 0);
  if (!positive) throw Error("a launch's median time is not positive");
  Ratio ratio{numerator.value / denominator.value, std::nullopt};
  if (!above || !below) return ratio;
  const auto apart = [](double a, double b) { return std::log(a / b); };
  const double down =
      std::hypot(apart(numerator.value, above->low), apart(below->high, denominator.value));
  const double up =
      std::hypot(apart(above->high, numerator.value), apart(denominator.value, below->low));
  ratio.interval = Interval{ratio.value * std::exp(-down), ratio.value * std::exp(up),
                            std::min(above->confidence, below->confidence)};
  return ratio;
}

Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s) {
  Ratio ratio = ratio_of_medians({median(numerator_s), part_of_ratio(numerator_s)},
                                 {median(denominator_s), part_of_ratio(denominator_s)});
  if (ratio.interval) ratio.interval->confidence = 0.95;
  return ratio;
}

}  // namespace scalelaw::harness
