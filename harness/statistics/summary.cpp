#include "harness/statistics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/results/proven_binding.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

constexpr std::size_t enough_launches = 6;  // the fewest that have a 95 % rank interval

bool is_unproven(const Results& results, const Summary& summary) {
  return std::ranges::any_of(summary.launches, [&](const LaunchTime& launch) {
    return !proves_binding(results.launches[static_cast<std::size_t>(launch.launch)].header);
  });
}

void conclude(Summary& summary, std::vector<std::int64_t> samples) {
  std::vector<LaunchTime> quiet;
  std::int64_t quiet_samples = 0, all_samples = 0;
  for (std::size_t i = 0; i < summary.launches.size(); ++i) {
    all_samples += samples[i];
    if (summary.launches[i].busy) continue;
    quiet.push_back(summary.launches[i]);
    quiet_samples += samples[i];
  }
  const bool quiet_alone = quiet.size() >= enough_launches;
  summary.busy = !quiet_alone && quiet.size() < summary.launches.size();
  summary.samples = quiet_alone ? quiet_samples : all_samples;
  if (quiet_alone) summary.launches = std::move(quiet);
  if (summary.launches.empty()) {
    summary.median_s = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  const std::vector<double> times = summary.times_s();
  summary.median_s = median(times);
  summary.interval_s = median_interval(times);
}

}  // namespace

std::vector<double> Summary::times_s() const {
  std::vector<double> times;
  times.reserve(launches.size());
  for (const LaunchTime& launch : launches) times.push_back(launch.median_s);
  return times;
}

double Summary::half_width() const {
  if (!interval_s) return std::numeric_limits<double>::infinity();
  return (interval_s->high - interval_s->low) / 2 / median_s;
}

std::vector<Summary> summarize_all(const Results& results) {
  std::vector<std::vector<double>> totals(results.launches.size());
  for (const Sample& sample : results.samples) {
    if (!sample.diagnostic)
      totals[static_cast<std::size_t>(sample.launch)].push_back(sample.total_s);
  }
  std::vector<Summary> summaries(results.points.size());
  std::vector<std::vector<std::int64_t>> counts(results.points.size());
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    const Launch& launch = results.launches[i];
    if (!gives_times(launch) || totals[i].empty()) continue;
    const auto point = static_cast<std::size_t>(launch.point);
    summaries[point].launches.push_back(
        {static_cast<std::int64_t>(i), median(totals[i]), launch.busy});
    counts[point].push_back(static_cast<std::int64_t>(totals[i].size()));
  }
  give_sharers(results.points, summaries);
  give_sharers(results.points, counts);
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    conclude(summaries[i], std::move(counts[i]));
    summaries[i].unproven = is_unproven(results, summaries[i]);
  }
  return summaries;
}

Summary summarize(const Results& results, std::int64_t point) {
  return summarize_all(results)[static_cast<std::size_t>(point)];
}

}  // namespace scalelaw::harness
