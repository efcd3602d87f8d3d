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

}  // namespace scalelaw
