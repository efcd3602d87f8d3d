#include "harness/statistics/rank_estimates.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// How many standard deviations of a normal distribution lie on each side of this confidence.
double deviations(double confidence) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), (1 + confidence) / 2);
}

/// P(U = 0), P(U = 1) ... of Mann and Whitney's U for `m` and `n` values of one distribution.
/// Source: Mann & Whitney, Annals of Mathematical Statistics 18 (1947): the last value is of one
/// group or of the other.
std::vector<double> rank_sum_probabilities(std::size_t m, std::size_t n) {
  std::vector<std::vector<double>> of_fewer(n + 1, std::vector<double>{1.0});
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> now(n + 1);
    now[0] = {1.0};
    for (std::size_t j = 1; j <= n; ++j) {
      const double share = static_cast<double>(i) / static_cast<double>(i + j);
      now[j].assign(i * j + 1, 0);
      for (std::size_t u = 0; u < of_fewer[j].size(); ++u) now[j][u + j] += share * of_fewer[j][u];
      for (std::size_t u = 0; u < now[j - 1].size(); ++u) {
        now[j][u] += (1 - share) * now[j - 1][u];
      }
    }
    of_fewer = std::move(now);
  }
  return of_fewer[n];
}

/// The largest k such that U is below k with probability (1 - confidence) / 2 at most.
std::size_t tail_rank(std::size_t m, std::size_t n, double confidence) {
  constexpr std::size_t most_exact = 50;
  const auto a = static_cast<double>(m), b = static_cast<double>(n);
  if (m > most_exact || n > most_exact) {
    const double least = a * b / 2 - deviations(confidence) * std::sqrt(a * b * (a + b + 1) / 12);
    return static_cast<std::size_t>(std::max(0.0, std::floor(least)));
  }
  const std::vector<double> probability = rank_sum_probabilities(m, n);
  std::size_t k = 0;
  for (double below = probability[0]; below <= (1 - confidence) / 2; below += probability[++k]) {
  }
  return k;
}

}  // namespace

Ratio level_shift(std::span<const double> before, std::span<const double> after,
                  double confidence) {
  if (before.empty() || after.empty()) throw Error("the shift of no values was asked for");
  std::vector<double> differences;
  differences.reserve(before.size() * after.size());
  for (const double a : after) {
    for (const double b : before) differences.push_back(a - b);
  }
  std::sort(differences.begin(), differences.end());
  Ratio shift{median(differences), std::nullopt};
  const std::size_t k = tail_rank(before.size(), after.size(), confidence);
  if (k == 0) return shift;
  shift.interval = Interval{.low = differences[k - 1],
                            .high = differences[differences.size() - k],
                            .confidence = confidence};
  return shift;
}

Ratio common_slope(std::span<const Stretch> stretches, double confidence) {
  std::vector<double> slopes;
  double variance = 0;  // of the number of rising pairs minus that of falling ones
  for (const Stretch& stretch : stretches) {
    const auto n = static_cast<double>(stretch.x.size());
    variance += n * (n - 1) * (2 * n + 5) / 18;
    for (std::size_t i = 0; i < stretch.x.size(); ++i) {
      for (std::size_t j = i + 1; j < stretch.x.size(); ++j) {
        const double run = stretch.x[j] - stretch.x[i];
        if (run > 0) slopes.push_back((stretch.y[j] - stretch.y[i]) / run);
      }
    }
  }
  if (slopes.empty()) return {};
  std::sort(slopes.begin(), slopes.end());
  Ratio slope{median(slopes), std::nullopt};
  const auto pairs = static_cast<double>(slopes.size());
  const double least = std::floor((pairs - deviations(confidence) * std::sqrt(variance)) / 2);
  if (least < 1) return slope;
  const auto k = static_cast<std::size_t>(least);
  slope.interval =
      Interval{.low = slopes[k - 1], .high = slopes[slopes.size() - k], .confidence = confidence};
  return slope;
}

}  // namespace scalelaw::harness
