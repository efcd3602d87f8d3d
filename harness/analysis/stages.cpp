#include "harness/analysis/stages.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/laws/series.hpp"

namespace scalelaw::harness {
namespace {

/// The timed samples that a point's summary rests on.
std::vector<const Sample*> samples_of(const Results& results, const Summary& summary) {
  std::set<std::int64_t> launches;
  for (const LaunchTime& launch : summary.launches) launches.insert(launch.launch);
  std::vector<const Sample*> out;
  for (const Sample& sample : results.samples) {
    if (!sample.diagnostic && launches.contains(sample.launch)) out.push_back(&sample);
  }
  return out;
}

/// Medians over samples; nothing when no sample reports stages.
PointStages medians_of(std::int64_t point, const std::vector<const Sample*>& samples) {
  PointStages out{point, {}, 0};
  std::map<std::string, std::vector<double>> busy_s;
  std::vector<double> at_once;
  for (const Sample* sample : samples) {
    double sum_s = 0;
    for (const StageTime& one : sample->stages) {
      if (!busy_s.contains(one.stage)) out.stages.push_back({one.stage, 0});
      busy_s[one.stage].push_back(one.busy_s);
      sum_s += one.busy_s;
    }
    if (!sample->stages.empty()) at_once.push_back(sum_s / sample->total_s);
  }
  for (StageTime& one : out.stages) one.busy_s = median(busy_s[one.stage]);
  if (!at_once.empty()) out.at_once = median(at_once);
  return out;
}

}  // namespace

std::vector<PointStages> stages_of(const Results& results, const std::vector<Summary>& summaries) {
  std::vector<PointStages> out;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (results.points[i].task().empty() || !has_time(results.points[i], summaries[i])) continue;
    PointStages of_point =
        medians_of(static_cast<std::int64_t>(i), samples_of(results, summaries[i]));
    if (!of_point.stages.empty()) out.push_back(std::move(of_point));
  }
  return out;
}

}  // namespace scalelaw::harness
