#include "harness/measure/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

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

using Counts = std::vector<double>;

/// In how many orders of n + m values, all equally likely, the Mann-Whitney statistic is 0, 1, 2
/// ...
Counts mann_whitney_counts(std::size_t n, std::size_t m) {
  std::vector<Counts> row(m + 1, Counts{1});  // of n values and 0 ... m others; here n = 0
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 1; j <= m; ++j) {
      Counts counts(i * j + 1, 0);  // the largest is of the first kind and beats all j, or is not
      for (std::size_t u = 0; u < row[j].size(); ++u) counts[u + j] += row[j][u];
      for (std::size_t u = 0; u < row[j - 1].size(); ++u) counts[u] += row[j - 1][u];
      row[j] = std::move(counts);
    }
  }
  return row[m];
}

/// How many of the n m ordered pairwise differences lie below the interval, and its confidence.
struct PairRank {
  std::size_t below = 0;
  double confidence = 0;
};

std::optional<PairRank> exact_rank(std::size_t n, std::size_t m, double confidence) {
  const Counts counts = mann_whitney_counts(n, m);
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  double tail = 0;
  std::optional<PairRank> found;
  for (std::size_t k = 0; 2 * k < counts.size(); ++k) {
    tail += counts[k] / all;
    if (1 - 2 * tail < confidence) break;
    found = PairRank{k, 1 - 2 * tail};
  }
  return found;
}

PairRank approximate_rank(std::size_t n, std::size_t m, double confidence) {
  const auto pairs = static_cast<double>(n * m);
  const double deviation = std::sqrt(pairs * static_cast<double>(n + m + 1) / 12);
  const double z = boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
  return {static_cast<std::size_t>(std::max(0.0, std::floor(pairs / 2 - z * deviation - 0.5))),
          confidence};
}

constexpr std::size_t exact_up_to_pairs = 1600;

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
  Ratio ratio{median(numerator) / median(denominator), std::nullopt};
  const std::size_t pairs = a.size() * b.size();
  const std::optional<PairRank> rank = pairs <= exact_up_to_pairs
                                           ? exact_rank(a.size(), b.size(), confidence)
                                           : approximate_rank(a.size(), b.size(), confidence);
  if (!rank) return ratio;
  std::vector<double> differences;
  differences.reserve(pairs);
  for (const double x : a) {
    for (const double y : b) differences.push_back(x - y);
  }
  std::sort(differences.begin(), differences.end());
  ratio.interval = Interval{std::min(ratio.value, std::exp(differences[rank->below])),
                            std::max(ratio.value, std::exp(differences[pairs - 1 - rank->below])),
                            rank->confidence};
  return ratio;
}

}  // namespace scalelaw
