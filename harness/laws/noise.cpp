#include "harness/laws/noise.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <random>
#include <utility>

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

/// What is drawn for one input: a number for its own error, and one for the shared error.
struct Drawn {
  std::size_t place = 0;  ///< of its own error among Noise::errors, where it has any
  double own = 0;         ///< otherwise: its own error, of variance 1
  double shared = 0;      ///< of variance 1
};

/// The draws of all inputs, one after the other.  `places`: how many errors each input has to choose
/// from; 0: its error is normal.
std::vector<Drawn> draw_all(const std::vector<std::size_t>& places, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> shared;
  std::vector<Drawn> out;
  out.reserve(draws * places.size());
  for (int draw = 0; draw < draws; ++draw) {
    for (const std::size_t count : places) {
      Drawn drawn;
      if (count > 0) {
        drawn.place = std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
      } else {
        drawn.own = std::normal_distribution<double>()(random);
      }
      drawn.shared = shared(random);
      out.push_back(drawn);
    }
  }
  return out;
}

/// The same for equal arguments, from which a report takes hundreds of intervals: drawing takes
/// longer than using what was drawn.  One copy a thread; a report has few kinds of inputs.
const std::vector<Drawn>& known_draws(const NoiseModel& noise, std::uint64_t seed) {
  constexpr std::size_t most_kept = 64;
  thread_local std::map<std::pair<std::vector<std::size_t>, std::uint64_t>, std::vector<Drawn>>
      kept;
  std::vector<std::size_t> places;
  for (const Noise& each : noise.each) places.push_back(each.errors.size());
  if (kept.size() >= most_kept) kept.clear();
  const auto [entry, is_new] = kept.try_emplace({places, seed});
  if (is_new) entry->second = draw_all(places, seed);
  return entry->second;
}

/// The k-th smallest of `values`, which it reorders.
double kth(std::vector<double>& values, std::size_t k) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(k);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

/// `estimate` of the values drawn with replacement, minus `centre`, that of the values themselves.
/// It may reorder what it gets.
std::vector<double> resampling_errors(std::span<const double> values, double centre,
                                      double (*estimate)(std::span<double>)) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::size_t> any(0, values.size() - 1);
  std::vector<double> errors, drawn(values.size());
  errors.reserve(resamples);
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

double log_median_of_drawn(std::span<double> drawn) {
  return std::log(median_in_place(drawn));
}

double mean_of_drawn(std::span<double> drawn) {
  return mean(drawn);
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
  std::vector<double> errors = resampling_errors(values, log_median(values), log_median_of_drawn);
  const double square = mean_square(errors);
  return {square * (n < 3 ? 2 : 1), n - 1, scaled(std::move(errors), square)};
}

}  // namespace

Noise noise_of_mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  if (n < 2) return {};
  std::vector<double> errors = resampling_errors(values, mean(values), mean_of_drawn);
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
  const std::vector<Drawn>& drawn = known_draws(noise, seed);
  std::vector<double> inputs(centre.size()), values, deviations;
  values.reserve(draws);
  for (const Noise& each : noise.each) deviations.push_back(widen * std::sqrt(each.variance));
  const double shared = widen * std::sqrt(noise.shared.variance);
  auto next = drawn.begin();
  for (int draw = 0; draw < draws; ++draw) {
    for (std::size_t i = 0; i < inputs.size(); ++i, ++next) {
      const Noise& each = noise.each[i];
      const double own = each.errors.empty() ? next->own : each.errors[next->place];
      inputs[i] = centre[i] + deviations[i] * own + shared * next->shared;
    }
    const double value = quantity(inputs);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return std::nullopt;
  const auto below = static_cast<std::size_t>(tail * static_cast<double>(values.size() - 1));
  const double low = kth(values, below);
  const double high = kth(values, values.size() - 1 - below);
  return Interval{.low = low, .high = high, .confidence = confidence};
}

}  // namespace scalelaw::harness
