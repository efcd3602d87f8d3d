#include "harness/render/stages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {

namespace {

/// The stages of all points, in order of first appearance.
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

Section stages_section(const Results& results, const std::vector<Summary>& summaries,
                       const std::vector<PointStages>& stages) {
  Section section{2,
                  "Stages (busy time of all threads and ranks; at once: total busy time / elapsed "
                  "time)",
                  {},
                  {},
                  {}};
  const std::vector<std::string> names = names_in(stages);
  std::vector<std::string>& header = section.table.header;
  header = {"work", "model", "NxRxT", "elapsed"};
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

}  // namespace scalelaw::harness
