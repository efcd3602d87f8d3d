#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

double busy_seconds(const PointStages& of_point) {
  double sum_s = 0;
  for (const StageTime& stage : of_point.stages) sum_s += stage.busy_s;
  return sum_s;
}

const StageTime& busiest_of(const PointStages& of_point) {
  return *std::ranges::max_element(of_point.stages, {}, &StageTime::busy_s);
}

}  // namespace

std::vector<Draft> busiest_stage(const Report& report) {
  const PointStages* fastest = nullptr;
  for (const PointStages& one : report.stages) {
    if (!(busy_seconds(one) > 0) || report.point(one.point).oversubscribed) continue;
    const auto median_s = [&](const PointStages& of) { return report.summary(of.point).median_s; };
    if (fastest == nullptr || median_s(one) < median_s(*fastest)) fastest = &one;
  }
  if (fastest == nullptr) return {};
  const Point& point = report.point(fastest->point);
  const StageTime& busiest = busiest_of(*fastest);
  const double share = busiest.busy_s / busy_seconds(*fastest);
  const std::string gain =
      share < 1 ? fmt::format("if it took no time, all would be at most {:.1f} times as fast",
                              1 / (1 - share))
                : "there is no other";
  Draft draft = finding(
      FindingKind::stages,
      fmt::format("The busiest stage of {} ({}) is {}, with {} of the work; {}. {:.1f} stages are "
                  "busy at a time.",
                  point.kernel, way_label(point), busiest.stage, percent(share), gain,
                  fastest->at_once),
      {.value = share}, {},
      {{fmt::format("point {}", fastest->point), report.numbers(fastest->point).marks}});
  draft.finding.point = fastest->point;
  draft.finding.series = point.series;
  return {draft};
}

}  // namespace scalelaw::harness
