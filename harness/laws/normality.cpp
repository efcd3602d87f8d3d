#include "harness/laws/normality.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

namespace scalelaw::harness {
namespace {

constexpr std::size_t fewest_launches = 3;
constexpr std::size_t fewest_residuals = 8;
constexpr double critical = 0.752;  // 5 % point of A*^2 with mean and variance estimated

std::vector<double> standard_residuals(const std::vector<Summary>& summaries) {
  std::vector<double> residuals;
  for (const Summary& summary : summaries) {
    const std::vector<double> times = summary.repetitions_s();
    if (times.size() < fewest_launches) continue;
    const auto n = static_cast<double>(times.size());
    double mean = 0, squares = 0;
    for (const double t : times) mean += std::log(t) / n;
    for (const double t : times) squares += std::pow(std::log(t) - mean, 2);
    const double deviation = std::sqrt(squares / (n - 1));
    if (!(deviation > 0)) continue;
    for (const double t : times) {
      residuals.push_back((std::log(t) - mean) / deviation * std::sqrt(n / (n - 1)));
    }
  }
  return residuals;
}

}  // namespace

Normality judge_normality(const std::vector<Summary>& summaries) {
  std::vector<double> z = standard_residuals(summaries);
  Normality out;
  out.residuals = static_cast<std::int64_t>(z.size());
  out.judged = z.size() >= fewest_residuals;
  if (!out.judged) return out;
  std::sort(z.begin(), z.end());
  const boost::math::normal_distribution<double> normal;
  const auto n = static_cast<double>(z.size());
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double below = boost::math::cdf(normal, z[i]);
    const double above = boost::math::cdf(boost::math::complement(normal, z[z.size() - 1 - i]));
    sum += (2 * static_cast<double>(i) + 1) * (std::log(below) + std::log(above));
  }
  const double squared = -n - sum / n;
  out.statistic = squared * (1 + 0.75 / n + 2.25 / (n * n));
  out.normal = out.statistic < critical;
  return out;
}

}  // namespace scalelaw::harness
