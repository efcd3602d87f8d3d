#include "harness/laws/efficiency.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "harness/results/phases.hpp"
#include "harness/results/shared_launches.hpp"
#include "harness/statistics/statistics.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

constexpr double least_accounted = 0.9;  // of the time must be in phases

/// The seconds that each worker of the sample spent on items; nothing where the phases are unknown.
std::vector<double> useful(const Sample& sample) {
  std::vector<double> out;
  for (const RankTimes& rank : sample.ranks) {
    if (rank.phases.empty()) return {};
    if (rank.busy_s.empty()) out.push_back(seconds_in(rank.phases, Role::parallel));
    out.insert(out.end(), rank.busy_s.begin(), rank.busy_s.end());
  }
  return out;
}

}  // namespace

double karp_flatt(double speedup, double workers) {
  if (workers <= 1) return std::numeric_limits<double>::quiet_NaN();
  return (1 / speedup - 1 / workers) / (1 - 1 / workers);
}

SampleIndex index_samples(const Results& results) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::vector<bool> counts(results.launches.size(), false);
  for (const Summary& summary : summaries) {
    for (const LaunchTime& launch : summary.launches) {
      counts[static_cast<std::size_t>(launch.launch)] = true;
    }
  }
  SampleIndex index;
  for (const Launch& launch : results.launches) index.allocations.push_back(allocation_of(launch));
  index.timed.resize(results.points.size());
  index.diagnostic.resize(results.points.size());
  for (const Sample& sample : results.samples) {
    if (!counts[static_cast<std::size_t>(sample.launch)]) continue;
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    auto& where = sample.diagnostic ? index.diagnostic : index.timed;
    where[static_cast<std::size_t>(launch.point)].push_back(&sample);
  }
  give_sharers(results.points, index.timed);
  give_sharers(results.points, index.diagnostic);
  return index;
}

std::vector<double> repeated(const std::vector<const Sample*>& samples,
                             std::span<const std::string> allocations,
                             const std::function<double(const Sample&)>& value) {
  std::map<std::int64_t, std::vector<double>> by_launch;
  for (const Sample* sample : samples) by_launch[sample->launch].push_back(value(*sample));
  std::vector<LaunchTime> launches;
  for (const auto& [launch, values] : by_launch) {
    launches.push_back({.launch = launch, .median_s = median(values)});
    if (!allocations.empty()) {
      launches.back().allocation = allocations[static_cast<std::size_t>(launch)];
    }
  }
  return repetitions_s(launches);
}

double median_over_launches(const std::vector<const Sample*>& samples,
                            std::span<const std::string> allocations,
                            const std::function<double(const Sample&)>& value) {
  return median(repeated(samples, allocations, value));
}

std::optional<PopEfficiency> pop_efficiency(const std::vector<const Sample*>& timed,
                                            std::span<const std::string> allocations) {
  if (timed.empty()) return std::nullopt;
  for (const Sample* sample : timed) {
    if (useful(*sample).empty()) return std::nullopt;
  }
  const double elapsed_s =
      median_over_launches(timed, allocations, [](const Sample& sample) { return sample.total_s; });
  const double most_s = median_over_launches(timed, allocations, [](const Sample& sample) {
    const std::vector<double> times = useful(sample);
    return *std::max_element(times.begin(), times.end());
  });
  const double mean_s = median_over_launches(timed, allocations, [](const Sample& sample) {
    const std::vector<double> times = useful(sample);
    return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
  });
  if (!(most_s > 0 && elapsed_s > 0)) return std::nullopt;
  PopEfficiency efficiency{
      .load_balance = mean_s / most_s, .communication = most_s / elapsed_s, .parallel = 0};
  efficiency.parallel = efficiency.load_balance * efficiency.communication;
  return efficiency;
}

std::optional<Interval> SerialShare::interval() const {
  const double centre[] = {value};
  auto interval = bootstrap_interval([](std::span<const double> x) { return x[0]; }, centre,
                                     NoiseModel{{noise}, {}});
  if (!interval) return interval;
  return Interval{.low = std::max(0.0, interval->low),
                  .high = std::min(1.0, interval->high),
                  .confidence = interval->confidence};
}

std::optional<SerialShare> serial_share(const std::vector<const Sample*>& timed,
                                        std::span<const std::string> allocations) {
  const auto parallel_in = [](const Sample& sample) {
    return seconds_in(sample.phases, Role::parallel);
  };
  const auto serial_in = [](const Sample& sample) {
    double seconds = 0;
    for (const PhaseTime& phase : sample.phases) {
      if (phase.role != Role::parallel) seconds += phase.seconds;
    }
    return seconds;
  };
  std::vector<const Sample*> phased;
  double serial_s = 0, parallel_s = 0, total_s = 0;
  for (const Sample* sample : timed) {
    const double serial = serial_in(*sample), parallel = parallel_in(*sample);
    if (serial + parallel > 0) phased.push_back(sample);
    serial_s += serial;
    parallel_s += parallel;
    total_s += sample->total_s;
  }
  const bool told_apart = serial_s > 0 && parallel_s > 0;
  if (!told_apart || serial_s + parallel_s < least_accounted * total_s) return std::nullopt;
  const std::vector<double> shares = repeated(phased, allocations, [&](const Sample& sample) {
    return serial_in(sample) / (serial_in(sample) + parallel_in(sample));
  });
  const auto n = static_cast<double>(shares.size());
  return SerialShare{std::accumulate(shares.begin(), shares.end(), 0.0) / n, noise_of_mean(shares)};
}

}  // namespace scalelaw::harness
