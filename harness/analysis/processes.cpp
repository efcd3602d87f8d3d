#include "harness/analysis/processes.hpp"

#include <algorithm>
#include <cmath>

#include "harness/results/launch_samples.hpp"

namespace scalelaw::harness {
namespace {

/// What each run took, one entry a run.
struct Runs {
  std::vector<double> wall_s, user_s, system_s, peak_bytes, largest_peak_bytes, timed_s;

  /// What the processes of a run took stands in its first sample.
  void add(const Sample& sample) {
    const std::size_t before = wall_s.size();
    add_processes(sample);
    if (wall_s.size() > before) timed_s.push_back(0);
    if (!timed_s.empty()) timed_s.back() += sample.total_s;
  }

 private:
  void add_processes(const Sample& sample) {
    double wall = 0, user = 0, system = 0, peak = 0, largest = 0;
    for (const RankTimes& rank : sample.ranks) {
      if (std::isnan(rank.process_s)) return;
      const auto bytes = static_cast<double>(rank.peak_bytes);
      wall = std::max(wall, rank.process_s);
      user += rank.user_s;
      system += rank.system_s;
      peak += bytes;
      largest = std::max(largest, bytes);
    }
    if (sample.ranks.empty()) return;
    wall_s.push_back(wall);
    user_s.push_back(user);
    system_s.push_back(system);
    peak_bytes.push_back(peak);
    largest_peak_bytes.push_back(largest);
  }
};

PointProcesses medians_of(std::int64_t point, const Runs& runs) {
  return {.point = point,
          .wall_s = median(runs.wall_s),
          .user_s = median(runs.user_s),
          .system_s = median(runs.system_s),
          .peak_bytes = median(runs.peak_bytes),
          .largest_peak_bytes = median(runs.largest_peak_bytes),
          .timed_s = median(runs.timed_s)};
}

}  // namespace

std::vector<PointProcesses> processes_of(const Results& results,
                                         const std::vector<Summary>& summaries) {
  const auto samples = samples_by_launch(results);
  std::vector<PointProcesses> out;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    Runs runs;
    for (const LaunchTime& launch : summaries[i].launches) {
      for (const Sample& sample : samples[static_cast<std::size_t>(launch.launch)]) {
        if (!sample.diagnostic) runs.add(sample);
      }
    }
    if (!runs.wall_s.empty()) out.push_back(medians_of(static_cast<std::int64_t>(i), runs));
  }
  return out;
}

}  // namespace scalelaw::harness
