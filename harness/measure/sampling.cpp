#include "harness/measure/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "common/quantity.hpp"

namespace scalelaw::harness {
namespace {

/// How many ratios of the variances stand for all that are possible, each as likely as any other.
constexpr std::size_t ratios_kept = 19;

/// Two launches may agree by chance, and then seem to want any number of samples.
constexpr std::size_t fewest_for_ratio = 3;
constexpr double fewest_freedom = 3;  ///< of the variance between samples

constexpr std::int64_t most_samples = 200;  ///< of a launch, whatever the costs

/// Nothing is known of the ratio: equally spaced logarithms from a tenth to ten.
std::vector<double> any_ratios() {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ratios_kept; ++i) {
    ratios.push_back(std::pow(10.0, 2.0 * static_cast<double>(i) / (ratios_kept - 1) - 1));
  }
  return ratios;
}

double mean_of(std::span<const LaunchSamples> launches, double (*of)(const LaunchSamples&)) {
  double sum = 0;
  for (const LaunchSamples& launch : launches) sum += of(launch);
  return sum / static_cast<double>(launches.size());
}

/// The variance of the launches' means.
double variance_of_means(std::span<const LaunchSamples> launches) {
  const double mean =
      mean_of(launches, [](const LaunchSamples& launch) { return launch.mean_log; });
  double squares = 0;
  for (const LaunchSamples& launch : launches) squares += std::pow(launch.mean_log - mean, 2);
  return squares / static_cast<double>(launches.size() - 1);
}

/// The quantiles of the standard normal distribution at equally spaced shares, in ascending order.
const std::vector<double>& normal_quantiles() {
  static const std::vector<double> quantiles = [] {
    const boost::math::normal_distribution<double> normal;
    std::vector<double> out;
    for (std::size_t i = 1; i <= ratios_kept; ++i) {
      out.push_back(boost::math::quantile(
          normal, static_cast<double>(i) / static_cast<double>(ratios_kept + 1)));
    }
    return out;
  }();
  return quantiles;
}

/// A variate of the F distribution where the normal one has `z`.
/// Source: Paulson, "An approximate normalization of the analysis of variance distribution", Annals
///         of Mathematical Statistics 13 (1942).
double f_at(double z, double above_freedom, double below_freedom) {
  const double a = 2 / (9 * above_freedom), b = 2 / (9 * below_freedom);
  // ((1 - b) x - (1 - a))^2 = z^2 (b x^2 + a) for the cube root x
  const double squared = std::pow(1 - b, 2) - z * z * b;
  const double middle = (1 - a) * (1 - b);
  const double constant = std::pow(1 - a, 2) - z * z * a;
  const double root = std::sqrt(std::max(0.0, middle * middle - squared * constant));
  return std::pow(std::max(0.0, (middle + (z < 0 ? -root : root)) / squared), 3);
}

/// What the launches leave possible; nothing when they say too little.  The variance of the means of launches with k samples each,
/// times k, over the variance between samples is (1 + k V/v) times a variate of the F distribution.
/// Unequal numbers of samples count by their harmonic mean.
std::vector<double> possible_ratios(std::span<const LaunchSamples> launches) {
  double freedom = 0, squares = 0;
  for (const LaunchSamples& launch : launches) {
    freedom += static_cast<double>(launch.samples - 1);
    squares += launch.squares_log;
  }
  if (launches.size() < fewest_for_ratio || freedom < fewest_freedom || !(squares > 0)) return {};
  const double within = squares / freedom;
  const double each = mean_of(launches, [](const LaunchSamples& launch) {
    return 1 / static_cast<double>(launch.samples);
  });
  const double observed = variance_of_means(launches) / each / within;
  const auto above = static_cast<double>(launches.size() - 1);
  std::vector<double> ratios;
  for (auto z = normal_quantiles().rbegin(); z != normal_quantiles().rend(); ++z) {
    const double f = std::max(1e-6, f_at(*z, above, freedom));
    ratios.push_back(std::max(0.0, (observed / f - 1) * each));
  }
  return ratios;
}

double mean_loss(const LaunchCost& cost, std::span<const double> ratios, std::int64_t samples) {
  double loss = 0;
  for (const double ratio : ratios) loss += 1 / sampling_efficiency(cost, ratio, samples);
  return loss / static_cast<double>(ratios.size());
}

/// The mean loss of each number of samples from 1 to `most`.
std::vector<double> losses_up_to(std::int64_t most, const LaunchCost& cost,
                                 std::span<const double> ratios) {
  std::vector<double> losses;
  for (std::int64_t samples = 1; samples <= most; ++samples) {
    losses.push_back(mean_loss(cost, ratios, samples));
  }
  return losses;
}

/// The largest number whose mean loss is at most `nearly` times the least.
std::int64_t largest_within(std::span<const double> losses, double nearly) {
  const double enough = nearly * *std::min_element(losses.begin(), losses.end());
  const auto last = std::find_if(losses.rbegin(), losses.rend(),
                                 [enough](double loss) { return loss <= enough; });
  return losses.rend() - last;
}

}  // namespace

LaunchSamples launch_samples(const Launch& launch, std::span<const Sample> samples) {
  LaunchSamples out{.wall_s = launch.wall_s};
  const double batch = launch.header.is_object() ? launch.header.value("batch", 1.0) : 1.0;
  for (const Sample& sample : samples) {
    if (sample.diagnostic || !(sample.total_s > 0)) continue;
    ++out.samples;
    out.timed_s += sample.total_s * batch;
    // Welford's update
    const double change = std::log(sample.total_s) - out.mean_log;
    out.mean_log += change / static_cast<double>(out.samples);
    out.squares_log += change * (std::log(sample.total_s) - out.mean_log);
  }
  return out;
}

LaunchCost cost_of(std::span<const LaunchSamples> launches) {
  double wall_s = 0, timed_s = 0, samples = 0;
  for (const LaunchSamples& launch : launches) {
    wall_s += launch.wall_s;
    timed_s += launch.timed_s;
    samples += static_cast<double>(launch.samples);
  }
  return {.launch_s = std::max(0.0, wall_s - timed_s) / static_cast<double>(launches.size()),
          .sample_s = timed_s / samples};
}

double sampling_efficiency(const LaunchCost& cost, double ratio, std::int64_t samples) {
  const auto product = [&](double k) {
    return (ratio + 1 / k) * (cost.launch_s + k * cost.sample_s);
  };
  const double best = ratio > 0 ? std::max(1.0, std::sqrt(cost.launch_s / cost.sample_s / ratio))
                                : std::numeric_limits<double>::infinity();
  const double least = std::isfinite(best) ? product(best) : cost.sample_s;
  return least / product(static_cast<double>(samples));
}

SampleChoice choose_samples(std::span<const LaunchSamples> launches, std::int64_t most) {
  const LaunchCost cost = cost_of(launches);
  std::vector<double> ratios = possible_ratios(launches);
  const std::int64_t least = ratios.empty() ? std::min<std::int64_t>(2, most) : 1;
  if (ratios.empty()) ratios = any_ratios();
  const std::vector<double> losses = losses_up_to(std::min(most, most_samples), cost, ratios);
  constexpr double nothing_to_speak_of = 1.01, fifth = 1.25;
  const std::int64_t samples = std::max(least, largest_within(losses, nothing_to_speak_of));
  return {.samples = samples,
          .why = fmt::format("{} beside {} a sample; variance between launches {:.2g} "
                             "[{:.2g}, {:.2g}] times that between samples{}",
                             format_seconds(cost.launch_s), format_seconds(cost.sample_s),
                             ratios[ratios.size() / 2], ratios.front(), ratios.back(),
                             samples == most ? "; no more fit the budget" : ""),
          .generous = std::max(samples, largest_within(losses, fifth))};
}

}  // namespace scalelaw::harness
