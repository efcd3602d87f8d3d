#include "harness/laws/efficiency.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "harness/measure/statistics.hpp"
#include "harness/measure/summary.hpp"

namespace scalelaw {
namespace {

/// Seconds inside compute, per worker of the sample.
std::vector<double> useful(const Sample& sample) {
  std::vector<double> out;
  for (const RankTimes& rank : sample.ranks) {
    if (rank.busy_s.empty()) out.push_back(rank.compute_s);
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
  SampleIndex index;
  index.timed.resize(results.points.size());
  index.diagnostic.resize(results.points.size());
  for (const Sample& sample : results.samples) {
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    if (!gives_times(launch)) continue;
    auto& where = sample.diagnostic ? index.diagnostic : index.timed;
    where[static_cast<std::size_t>(launch.point)].push_back(&sample);
  }
  return index;
}

std::optional<PopEfficiency> pop_efficiency(const std::vector<const Sample*>& timed) {
  std::vector<double> balance, communication, parallel;
  for (const Sample* sample : timed) {
    const std::vector<double> times = useful(*sample);
    if (times.empty() || !(sample->total_s > 0)) continue;
    const double most = *std::max_element(times.begin(), times.end());
    if (!(most > 0)) continue;
    const double mean =
        std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    balance.push_back(mean / most);
    communication.push_back(most / sample->total_s);
  }
  if (balance.empty()) return std::nullopt;
  PopEfficiency efficiency{median(balance), median(communication), 0};
  efficiency.parallel = efficiency.load_balance * efficiency.communication;
  return efficiency;
}

std::optional<Interval> SerialShare::interval() const {
  const double centre[] = {value};
  auto interval = bootstrap_interval([](std::span<const double> x) { return x[0]; }, centre,
                                     NoiseModel{{noise}, {}});
  if (!interval) return interval;
  return Interval{std::max(0.0, interval->low), std::min(1.0, interval->high),
                  interval->confidence};
}

std::optional<SerialShare> serial_share(const std::vector<const Sample*>& timed) {
  std::map<std::int64_t, std::vector<double>> by_launch;
  for (const Sample* sample : timed) {
    const double serial =
        sample->distribute_s + sample->prepare_s + sample->combine_s + sample->finish_s;
    const double all = serial + sample->compute_s;
    if (all > 0) by_launch[sample->launch].push_back(serial / all);
  }
  if (by_launch.empty()) return std::nullopt;
  std::vector<double> shares;
  for (const auto& [launch, values] : by_launch) shares.push_back(median(values));
  const auto n = static_cast<double>(shares.size());
  return SerialShare{std::accumulate(shares.begin(), shares.end(), 0.0) / n, noise_of_mean(shares)};
}

}  // namespace scalelaw
