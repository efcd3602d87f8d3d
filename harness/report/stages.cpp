#include "harness/report/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/laws/series.hpp"
#include "harness/report/marks.hpp"
#include "harness/report/names.hpp"
#include "harness/report/numbers.hpp"

namespace scalelaw {
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

/// Medians over samples; nothing when none of them tells of stages.
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

/// The stages of all points, in the order in which they are first told of.
std::vector<std::string> names_in(const std::vector<PointStages>& points) {
  std::vector<std::string> names;
  for (const PointStages& of_point : points) {
    for (const StageTime& one : of_point.stages) {
      if (std::find(names.begin(), names.end(), one.stage) == names.end()) {
        names.push_back(one.stage);
      }
    }
  }
  return names;
}

std::string busy_cell(const PointStages& of_point, const std::string& stage) {
  for (const StageTime& one : of_point.stages) {
    if (one.stage == stage) return precise_seconds(one.busy_s);
  }
  return "-";
}

}  // namespace

std::vector<PointStages> stages_of(const Results& results, const std::vector<Summary>& summaries) {
  std::vector<PointStages> out;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (results.points[i].mode() == "data" || !has_time(results.points[i], summaries[i])) continue;
    PointStages of_point =
        medians_of(static_cast<std::int64_t>(i), samples_of(results, summaries[i]));
    if (!of_point.stages.empty()) out.push_back(std::move(of_point));
  }
  return out;
}

Section stages_section(const Results& results, const std::vector<Summary>& summaries,
                       const std::vector<PointStages>& stages) {
  Section section{2,
                  "Stages (busy time of all threads and ranks; at once: its sum over the elapsed "
                  "time)",
                  {},
                  {},
                  {}};
  const std::vector<std::string> names = names_in(stages);
  std::vector<std::string>& header = section.table.header;
  header = {"work", "model", "n x r x t", "elapsed"};
  header.insert(header.end(), names.begin(), names.end());
  header.insert(header.end(), {"at once", "marks"});
  section.table.left = {0, 1, 2, header.size() - 1};
  section.table.keys = 3;
  for (const PointStages& of_point : stages) {
    const Point& point = results.points[static_cast<std::size_t>(of_point.point)];
    const Summary& summary = summaries[static_cast<std::size_t>(of_point.point)];
    std::vector<std::string> cells{scaled_label(point), runner_label(point),
                                   placement_label(point.placement),
                                   precise_seconds(summary.median_s)};
    for (const std::string& name : names) cells.push_back(busy_cell(of_point, name));
    cells.push_back(fmt::format("{:.2f}", of_point.at_once));
    cells.push_back(marks_text(marks_of(point, summary)));
    section.table.rows.push_back(std::move(cells));
  }
  return section;
}

}  // namespace scalelaw
