#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

std::vector<Draft> not_measured(const Report& report) {
  const auto warning = clock_warning(*report.results);
  if (!warning) return {};
  const auto& points = report.results->points;
  const auto count = std::count_if(points.begin(), points.end(), [](const Point& point) {
    return point.clock != TimeSource::measured;
  });
  return {finding(FindingKind::clock, *warning + ".", {.value = static_cast<double>(count)})};
}

std::vector<Draft> beside_other_work(const Report& report) {
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
  const std::string many = busy == all
                               ? fmt::format("All {} ran beside other work", counted(all, "launch"))
                               : fmt::format("{} of {} ran beside other work, and {} {} them", busy,
                                             counted(all, "launch"), counted(resting, "point"),
                                             resting == 1 ? "uses" : "use");
  return {finding(FindingKind::busy, many + ": rerun on a quiet machine.", {.value = share})};
}

}  // namespace

std::vector<Draft> doubts(const Report& report) {
  std::vector<Draft> out = not_measured(report);
  for (Draft& one : beside_other_work(report)) out.push_back(std::move(one));
  return out;
}

std::vector<Draft> failed(const Report& report) {
  std::map<State, std::size_t> by_state;
  std::size_t all = 0, pending = 0;
  for (const Point& point : report.results->points) {
    pending += point.state == State::pending ? 1 : 0;
    if (!is_failure(point.state)) continue;
    ++by_state[point.state];
    ++all;
  }
  if (all + pending == 0) return {};
  std::vector<std::string> states, parts;
  for (const auto& [state, count] : by_state) {
    states.push_back(fmt::format("{} {}", count, to_string(state)));
  }
  const std::string points = counted(report.results->points.size(), "point");
  if (all > 0) {
    parts.push_back(fmt::format("{} of {} failed ({}): `scalelaw report FILE --failures` shows why",
                                all, points, fmt::join(states, ", ")));
  }
  if (pending > 0) {
    parts.push_back(
        fmt::format("{} of {} not measured to the end: `scalelaw run --resume --retry pending`",
                    pending, points));
  }
  return {finding(FindingKind::failed, fmt::format("{}.", fmt::join(parts, "; ")),
                  {.value = static_cast<double>(all + pending)})};
}

}  // namespace scalelaw::harness
