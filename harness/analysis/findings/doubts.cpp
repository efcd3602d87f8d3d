#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

std::vector<Finding> not_measured(const Report& report) {
  const auto warning = clock_warning(*report.results);
  if (!warning) return {};
  const auto& points = report.results->points;
  const auto count = std::count_if(points.begin(), points.end(), [](const Point& point) {
    return point.clock != TimeSource::measured;
  });
  return {finding(FindingKind::clock, *warning + ".", {.value = static_cast<double>(count)})};
}

std::vector<Finding> beside_other_work(const Report& report) {
  std::size_t busy = 0, all = 0;
  for (const Launch& launch : report.results->launches) {
    if (!gives_times(launch)) continue;
    ++all;
    busy += launch.busy ? 1 : 0;
  }
  if (all == 0 || busy == 0) return {};
  std::size_t resting = 0;
  for (const Summary& summary : report.summaries) resting += summary.busy ? 1 : 0;
  if (resting == 0) return {};
  const double share = static_cast<double>(busy) / static_cast<double>(all);
  const std::string many = busy == all ? fmt::format("All {}", counted(all, "launch"))
                                       : fmt::format("{} of {}", busy, counted(all, "launch"));
  return {
      finding(FindingKind::busy,
              fmt::format("{} ran beside other work on the machine, and the times of {} rest on "
                          "them: run the campaign again on a quiet machine.",
                          many, counted(resting, "point")),
              {.value = share})};
}

std::vector<Finding> without_a_time(const Report& report) {
  std::map<State, std::size_t> failed;
  std::size_t all = 0;
  for (const Point& point : report.results->points) {
    if (!is_failure(point.state)) continue;
    ++failed[point.state];
    ++all;
  }
  if (all == 0) return {};
  std::vector<std::string> parts;
  for (const auto& [state, count] : failed) {
    parts.push_back(fmt::format("{} {}", count, to_string(state)));
  }
  return {
      finding(FindingKind::failed,
              fmt::format("{} of {} failed ({}): `scalelaw report FILE --failures` shows why.", all,
                          counted(report.results->points.size(), "point"), fmt::join(parts, ", ")),
              {.value = static_cast<double>(all)})};
}

}  // namespace

std::vector<Finding> doubts(const Report& report) {
  std::vector<Finding> out = not_measured(report);
  for (const auto find : {beside_other_work, without_a_time}) {
    for (Finding& one : find(report)) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace scalelaw::harness
