#include "harness/statistics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/results/proven_binding.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

bool is_unproven(const Results& results, const Summary& summary) {
  return std::ranges::any_of(summary.launches, [&](const LaunchTime& launch) {
    return !proves_binding(results.launches[static_cast<std::size_t>(launch.launch)].header);
  });
}

void conclude(Summary& summary) {
  summary.launches = counting_launches(summary.launches);
  summary.busy =
      std::ranges::any_of(summary.launches, [](const LaunchTime& launch) { return launch.busy; });
  for (const LaunchTime& launch : summary.launches) summary.samples += launch.samples;
  summary.allocations = count_allocations(summary.launches);
  summary.median_s = std::numeric_limits<double>::quiet_NaN();
  if (summary.launches.empty()) return;
  const std::vector<double> times = summary.repetitions_s();
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

std::vector<double> Summary::repetitions_s() const {
  return harness::repetitions_s(launches);
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
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    const Launch& launch = results.launches[i];
    if (!gives_times(launch) || totals[i].empty()) continue;
    summaries[static_cast<std::size_t>(launch.point)].launches.push_back(
        {.launch = static_cast<std::int64_t>(i),
         .median_s = median(totals[i]),
         .samples = static_cast<std::int64_t>(totals[i].size()),
         .busy = launch.busy,
         .allocation = allocation_of(launch)});
  }
  give_sharers(results.points, summaries);
  for (Summary& summary : summaries) {
    conclude(summary);
    summary.unproven = is_unproven(results, summary);
  }
  return summaries;
}

Summary summarize(const Results& results, std::int64_t point) {
  return summarize_all(results)[static_cast<std::size_t>(point)];
}

}  // namespace scalelaw::harness
