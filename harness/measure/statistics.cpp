#include "harness/measure/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "common/error.hpp"

namespace scalelaw {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

/// P(U = u) for u = 0..mn: Mann and Whitney's statistic of samples of m and n from one law, by
/// their recurrence on which sample holds the largest value.
std::vector<double> rank_sum_law(std::size_t m, std::size_t n) {
  // of[j][u]: of i and j values, for the i of the round
  std::vector<std::vector<double>> of(n + 1, std::vector<double>{1});
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t j = 1; j <= n; ++j) {
      const double from_first = static_cast<double>(i) / static_cast<double>(i + j);
      std::vector<double> next(i * j + 1, 0);
      for (std::size_t u = 0; u < of[j].size(); ++u) next[u + j] += from_first * of[j][u];
      for (std::size_t u = 0; u < of[j - 1].size(); ++u) {
        next[u] += (1 - from_first) * of[j - 1][u];
      }
      of[j] = std::move(next);
    }
  }
  return of[n];
}

/// Mann and Whitney's test from both sides: how many of the ordered differences to cut at each end
/// so that what is left has at least this confidence, and the confidence that it then has.
struct Cut {
  std::size_t count = 0;
  double confidence = 1;
};

Cut rank_sum_cut(std::size_t m, std::size_t n, double confidence) {
  constexpr std::size_t exact_up_to =
      50;  // launches on a side; the normal law is exact enough then
  const double tail = (1 - confidence) / 2;
  if (std::max(m, n) > exact_up_to) {
    const auto pairs = static_cast<double>(m * n);
    const double z = boost::math::quantile(boost::math::normal_distribution<double>(), 1 - tail);
    const double deviation = std::sqrt(pairs * static_cast<double>(m + n + 1) / 12);
    return {static_cast<std::size_t>(std::max(0.0, pairs / 2 - z * deviation)), confidence};
  }
  Cut cut;
  double below = 0;
  for (const double probability : rank_sum_law(m, n)) {
    below += probability;
    if (below > tail) break;
    ++cut.count;
    cut.confidence = 1 - 2 * below;
  }
  return cut;
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

Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s, double confidence) {
  Ratio ratio{median(numerator_s) / median(denominator_s), std::nullopt};
  std::vector<double> quotients;
  quotients.reserve(numerator_s.size() * denominator_s.size());
  for (const double a : numerator_s) {
    for (const double b : denominator_s) {
      if (!(a > 0 && b > 0)) throw Error("a launch's median time is not positive");
      quotients.push_back(a / b);
    }
  }
  const Cut cut = rank_sum_cut(numerator_s.size(), denominator_s.size(), confidence);
  if (cut.count == 0) return ratio;
  std::sort(quotients.begin(), quotients.end());
  ratio.interval =
      Interval{std::min(ratio.value, quotients[cut.count - 1]),
               std::max(ratio.value, quotients[quotients.size() - cut.count]), cut.confidence};
  return ratio;
}

}  // namespace scalelaw
