#include "harness/render/processes.hpp"

#include <fmt/format.h>

#include "common/quantity.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/processes.hpp"

namespace scalelaw::harness {

Section processes_section(const Results& results, const std::vector<Summary>& summaries) {
  Section section{2,
                  "Processes (of one run: the slowest one's wall clock; processor time and peak "
                  "memory of all together)",
                  {},
                  {},
                  {}};
  section.table.header = {"work",   "model",  "NxRxT",   "wall", "user",
                          "system", "memory", "largest", "marks"};
  section.table.left = {0, 1, 2, section.table.header.size() - 1};
  section.table.keys = 3;
  for (const PointProcesses& one : processes_of(results, summaries)) {
    const Point& point = results.points[static_cast<std::size_t>(one.point)];
    const Summary& summary = summaries[static_cast<std::size_t>(one.point)];
    section.table.rows.push_back(
        {scaled_label(point), runner_label(point), placement_label(point.placement),
         precise_seconds(one.wall_s), precise_seconds(one.user_s), precise_seconds(one.system_s),
         format_bytes(one.peak_bytes), format_bytes(one.largest_peak_bytes),
         marks_text(marks_of(point, summary))});
  }
  return section;
}

}  // namespace scalelaw::harness
