#include "harness/laws/noise.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

constexpr int draws = 2000;
constexpr int resamples = 400;  // of one point's launches; enough for the law of its median
constexpr double smallest_freedom = 1;

double t_quantile(double probability, double freedom) {
  const double f = std::max(freedom, smallest_freedom);
  return boost::math::quantile(boost::math::students_t_distribution<double>(f), probability);
}

double normal_quantile(double probability) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

double mean_square(std::span<const double> values) {
  double sum = 0;
  for (const double x : values) sum += x * x;
  return sum / static_cast<double>(values.size());
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

/// Draws one error of an input, scaled to a mean square of 1.
double unit_error(const Noise& noise, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  if (noise.errors.empty()) return normal(random);
  std::uniform_int_distribution<std::size_t> any(0, noise.errors.size() - 1);
  return noise.errors[any(random)];
}

/// `estimate` of the values drawn with replacement, minus `estimate` of the values themselves.
std::vector<double> resampling_errors(std::span<const double> values,
                                      double (*estimate)(std::span<const double>)) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::size_t> any(0, values.size() - 1);
  const double centre = estimate(values);
  std::vector<double> errors, drawn(values.size());
  for (int i = 0; i < resamples; ++i) {
    for (double& value : drawn) value = values[any(random)];
    errors.push_back(estimate(drawn) - centre);
  }
  return errors;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double log_median(std::span<const double> values) {
  return std::log(median(values));
}

/// The errors, scaled to a mean square of 1.
std::vector<double> scaled(std::vector<double> errors, double mean_square) {
  for (double& error : errors) error /= mean_square > 0 ? std::sqrt(mean_square) : 1;
  return errors;
}

/// The noise of the logarithm of a median.  Resampling two launches gives half the variance of
/// their median, which is a mean.  Resampling more launches is wide enough: for normal times it
/// gives 1.2 to 1.5 times the true variance.
Noise noise_of_log_median(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  if (n < 2) return {};
  std::vector<double> errors = resampling_errors(values, log_median);
  const double square = mean_square(errors);
  return {square * (n < 3 ? 2 : 1), n - 1, scaled(std::move(errors), square)};
}

}  // namespace

Noise noise_of_mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  if (n < 2) return {};
  std::vector<double> errors = resampling_errors(values, mean);
  const double square = mean_square(errors);
  double squares = 0;
  for (const double x : values) squares += std::pow(x - mean(values), 2);
  return {squares / (n - 1) / n, n - 1, scaled(std::move(errors), square)};
}

LogTime log_time(std::span<const double> launch_medians_s) {
  if (launch_medians_s.empty()) throw Error("a point without a timed launch has no time");
  for (const double seconds : launch_medians_s) {
    if (!(seconds > 0)) throw Error("a launch's median time is not positive");
  }
  return {.centre = log_median(launch_medians_s),
          .noise = noise_of_log_median(launch_medians_s),
          .launches = static_cast<std::int64_t>(launch_medians_s.size()),
          .median_s = median(launch_medians_s)};
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
    time.noise = {.variance = squares / freedom / static_cast<double>(time.launches),
                  .freedom = freedom,
                  .errors = {}};
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
      const double own = std::sqrt(noise.each[i].variance) * unit_error(noise.each[i], random);
      const double shared = std::sqrt(noise.shared.variance) * normal(random);
      inputs[i] = centre[i] + widen * (own + shared);
    }
    const double value = quantity(inputs);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto below = static_cast<std::size_t>(tail * static_cast<double>(values.size() - 1));
  return Interval{
      .low = values[below], .high = values[values.size() - 1 - below], .confidence = confidence};
}

}  // namespace scalelaw::harness
