#include "harness/measure/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "common/error.hpp"

namespace scalelaw {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

std::vector<double> logarithms(std::span<const double> values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const double value : values) {
    if (!(value > 0)) throw Error("a ratio of medians needs positive values");
    out.push_back(std::log(value));
  }
  return out;
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
  const boost::math::binomial_distribution<double> heads(static_cast<double>(n), 0.5);
  const auto coverage = [&](std::size_t j) {
    return 1 - 2 * boost::math::cdf(heads, static_cast<double>(j - 1));
  };
  if (coverage(1) < confidence) return std::nullopt;
  std::size_t j = 1;
  while (2 * (j + 1) <= n && coverage(j + 1) >= confidence) ++j;
  const std::vector<double> x = sorted(values);
  return Interval{x[j - 1], x[n - j], coverage(j)};
}

Ratio ratio_of_medians(std::span<const double> numerator, std::span<const double> denominator,
                       double confidence) {
  const std::vector<double> a = logarithms(numerator), b = logarithms(denominator);
  const double log_a = std::log(median(numerator)), log_b = std::log(median(denominator));
  Ratio ratio{std::exp(log_a - log_b), std::nullopt};
  const auto of_a = rank_interval(a, confidence), of_b = rank_interval(b, confidence);
  if (!of_a || !of_b) return ratio;
  const double down = std::hypot(log_a - of_a->low, of_b->high - log_b);
  const double up = std::hypot(of_a->high - log_a, log_b - of_b->low);
  ratio.interval = Interval{ratio.value * std::exp(-down), ratio.value * std::exp(up),
                            std::min(of_a->confidence, of_b->confidence)};
  return ratio;
}

}  // namespace scalelaw
