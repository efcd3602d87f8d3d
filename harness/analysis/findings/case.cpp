#include "harness/analysis/findings/case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/analysis/numbers.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

/// A key that is equal for points which a reader compares.
std::string key_of(const ReportSeries& series, const Point& point) {
  return fmt::format("{}\n{}", scaled_label(*series.series.first), to_string(point.clock));
}

/// Whether a point measures programs, not the machine.
bool is_of_interest(const Report& report, const ReportRow& row, const Point& point) {
  return point.is_ours() && !point.oversubscribed && report.of(row).timed &&
         point.kernel != ceiling_read && point.kernel != ceiling_exchange;
}

}  // namespace

std::vector<CaseGroup> case_groups(const Report& report) {
  std::vector<CaseGroup> out;
  std::map<std::string, std::size_t> known;
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      const Point& point = report.results->points[static_cast<std::size_t>(row.point)];
      if (!is_of_interest(report, row, point)) continue;
      const auto [entry, is_new] = known.try_emplace(key_of(series, point), out.size());
      if (is_new) out.emplace_back();
      out[entry->second].cases.push_back({&series, &row, &report.of(row), &point});
    }
  }
  return out;
}

const Bracketed& speedup_of(const Case& at) {
  const ScalingRow& numbers = *at.numbers;
  return is_known(numbers.serial_speedup) ? numbers.serial_speedup : numbers.own_speedup;
}

std::string baseline_of(const Case& at) {
  return is_known(at.numbers->serial_speedup) ? at.numbers->serial.name : "one worker";
}

const Bracketed& efficiency_of(const Case& at) {
  const ScalingRow& numbers = *at.numbers;
  return is_known(numbers.serial_speedup) ? numbers.serial_efficiency : numbers.own_efficiency;
}

std::optional<Case> best_of(const CaseGroup& group) {
  std::optional<Case> best;
  for (const Case& at : group.cases) {
    if (at.numbers->workers <= 1 || !is_known(speedup_of(at))) continue;
    if (!best || speedup_of(at).value > speedup_of(*best).value) best = at;
  }
  return best;
}

std::string name_of(const CaseGroup& group, const std::vector<CaseGroup>& among) {
  const auto point_of = [](const CaseGroup& of) -> const Point& {
    return *of.cases.front().series->series.first;
  };
  const Point& point = point_of(group);
  const auto tells_apart = [&](const std::string Point::*name) {
    return !(point.*name).empty() &&
           1 == std::count_if(among.begin(), among.end(), [&](const CaseGroup& other) {
             return point_of(other).*name == point.*name &&
                    point_of(other).scaling == point.scaling;
           });
  };
  if (tells_apart(&Point::kernel)) return point.kernel;
  return tells_apart(&Point::experiment) ? point.experiment : study_label(point);
}

std::string way_of(const Case& at) {
  return fmt::format("{} {}", runner_label(*at.point), placement_label(at.point->placement));
}

std::string shown(const Bracketed& quantity) {
  return with_interval(quantity.value, interval_of(quantity), two_decimals);
}

Finding finding(FindingKind kind, std::string text, const Bracketed& number, const Case& at) {
  Finding out;
  out.kind = to_string(kind);
  out.text = std::move(text);
  out.value = number.value;
  out.low = number.low;
  out.high = number.high;
  if (at.series != nullptr) out.series = at.series->series.id;
  if (at.row == nullptr) return out;
  out.point = at.row->point;
  out.marks = at.numbers->marks;
  if (!out.marks.empty() && out.text.ends_with('.')) {
    out.text.insert(out.text.size() - 1, fmt::format(" (marked: {})", out.marks));
  }
  return out;
}

}  // namespace scalelaw::harness
