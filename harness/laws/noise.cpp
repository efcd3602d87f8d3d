#include "harness/laws/noise.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <random>

#include "common/error.hpp"

namespace scalelaw {
namespace {

constexpr int draws = 2000;
constexpr double smallest_freedom = 1;

double t_quantile(double probability, double freedom) {
  const double f = std::max(freedom, smallest_freedom);
  return boost::math::quantile(boost::math::students_t_distribution<double>(f), probability);
}

double normal_quantile(double probability) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

/// d quantity / d input i, as a secant over one standard deviation each way; 0 where undefined.
std::vector<double> sensitivities(const Quantity& quantity, std::span<const double> centre,
                                  const NoiseModel& noise) {
  std::vector<double> inputs(centre.begin(), centre.end()), out(centre.size(), 0.0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double step = std::sqrt(noise.each[i].variance + noise.shared.variance);
    if (step == 0) continue;
    inputs[i] = centre[i] + step;
    const double up = quantity(inputs);
    inputs[i] = centre[i] - step;
    const double slope = (up - quantity(inputs)) / (2 * step);
    inputs[i] = centre[i];
    if (std::isfinite(slope)) out[i] = slope;
  }
  return out;
}

}  // namespace

LogTime log_time(std::span<const double> launch_medians_s) {
  if (launch_medians_s.empty()) throw Error("a point without a timed launch has no time");
  LogTime time;
  const auto n = static_cast<double>(launch_medians_s.size());
  for (const double seconds : launch_medians_s) {
    if (!(seconds > 0)) throw Error("a launch's median time is not positive");
    time.mean += std::log(seconds) / n;
  }
  double squares = 0;
  for (const double seconds : launch_medians_s)
    squares += std::pow(std::log(seconds) - time.mean, 2);
  time.launches = static_cast<std::int64_t>(launch_medians_s.size());
  if (time.launches > 1) time.noise = {squares / (n - 1) / n, n - 1};
  return time;
}

void pool_unknown_noise(std::span<LogTime> times) {
  double squares = 0, freedom = 0;
  for (const LogTime& time : times) {
    squares += time.noise.variance * static_cast<double>(time.launches) * time.noise.freedom;
    freedom += time.noise.freedom;
  }
  if (freedom == 0) return;
  for (LogTime& time : times) {
    if (time.noise.freedom > 0) continue;
    time.noise = {squares / freedom / static_cast<double>(time.launches), freedom};
  }
}

bool NoiseModel::known() const {
  return std::all_of(each.begin(), each.end(), [](const Noise& n) { return n.freedom > 0; });
}

double effective_freedom(std::span<const double> sensitivities, const NoiseModel& noise) {
  double total = 0, per_freedom = 0, shared = 0;
  for (std::size_t i = 0; i < sensitivities.size(); ++i) {
    const double square = sensitivities[i] * sensitivities[i];
    const double own = square * noise.each[i].variance;
    total += own;
    per_freedom += own * own / noise.each[i].freedom;
    shared += square * noise.shared.variance;
  }
  total += shared;
  if (noise.shared.freedom > 0) per_freedom += shared * shared / noise.shared.freedom;
  return per_freedom > 0 ? total * total / per_freedom : std::numeric_limits<double>::max();
}

std::optional<Interval> bootstrap_interval(const Quantity& quantity, std::span<const double> centre,
                                           const NoiseModel& noise, std::uint64_t seed,
                                           double confidence) {
  if (!noise.known()) return std::nullopt;
  const double tail = (1 - confidence) / 2;
  const double freedom =
      std::min(1e6, effective_freedom(sensitivities(quantity, centre, noise), noise));
  const double widen = t_quantile(tail, freedom) / normal_quantile(tail);
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> inputs(centre.size()), values;
  values.reserve(draws);
  for (int draw = 0; draw < draws; ++draw) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const double deviation = std::sqrt(noise.each[i].variance + noise.shared.variance);
      inputs[i] = centre[i] + widen * deviation * normal(random);
    }
    const double value = quantity(inputs);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto below = static_cast<std::size_t>(tail * static_cast<double>(values.size() - 1));
  return Interval{values[below], values[values.size() - 1 - below], confidence};
}

Ratio ratio_over_launches(std::span<const double> numerator_s,
                          std::span<const double> denominator_s, double confidence) {
  const LogTime a = log_time(numerator_s), b = log_time(denominator_s);
  Ratio ratio{median(numerator_s) / median(denominator_s), std::nullopt};
  const NoiseModel noise{{a.noise, b.noise}, {}};
  if (!noise.known()) return ratio;
  const double sensitivities[] = {1, -1};
  const double freedom = std::min(1e6, effective_freedom(sensitivities, noise));
  const double deviation = std::sqrt(a.noise.variance + b.noise.variance);
  const double half = t_quantile((1 + confidence) / 2, freedom) * deviation;
  const double centre = a.mean - b.mean;
  ratio.interval = Interval{std::min(ratio.value, std::exp(centre - half)),
                            std::max(ratio.value, std::exp(centre + half)), confidence};
  return ratio;
}

}  // namespace scalelaw
