#include "harness/analysis/placement_choice.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/analysis/measured.hpp"
#include "harness/analysis/names.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

bool is_considered(const Report& report, const ScalingRow& row) {
  const Point& point = report.point(row.point);
  return row.timed && point.is_ours() && !is_ceiling(point) && !point.oversubscribed &&
         point.scaling == Scaling::strong;
}

PlacementChoice choice_of(const Report& report, std::vector<std::int64_t> points) {
  std::stable_sort(points.begin(), points.end(), [&](std::int64_t a, std::int64_t b) {
    return report.summary(a).median_s < report.summary(b).median_s;
  });
  PlacementChoice out;
  out.work = study_label(report.point(points.front()));
  for (const std::int64_t point : points) {
    if (!certainly_slower(report.summary(point), report.summary(points.front()))) {
      out.tied.push_back(point);
    }
  }
  out.choice =
      *std::min_element(out.tied.begin(), out.tied.end(), [&](std::int64_t a, std::int64_t b) {
        const Point &p = report.point(a), &q = report.point(b);
        return std::tuple(p.placement.workers(), p.model, a) <
               std::tuple(q.placement.workers(), q.model, b);
      });
  const Summary& chosen = report.summary(out.choice);
  for (const std::int64_t point : points) {
    if (std::ranges::count(out.tied, point) > 0) continue;
    if (!certainly_slower(report.summary(point), chosen)) continue;
    out.next = point;
    out.ratio_to_next = measured_ratio(report.summary(point), chosen);
    break;
  }
  std::erase(out.tied, out.choice);
  out.order = std::move(points);
  return out;
}

}  // namespace

std::vector<PlacementChoice> placement_choices(const Report& report, std::int64_t cores) {
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<std::int64_t>> works;
  for (const ScalingRow& row : report.scaling) {
    if (!is_considered(report, row) || row.workers > cores) continue;
    const auto [entry, is_new] =
        known.try_emplace(study_label(report.point(row.point)), works.size());
    if (is_new) works.emplace_back();
    works[entry->second].push_back(row.point);
  }
  std::vector<PlacementChoice> out;
  for (std::vector<std::int64_t>& points : works) {
    if (points.size() > 1) out.push_back(choice_of(report, std::move(points)));
  }
  return out;
}

std::int64_t most_workers(const Report& report) {
  std::int64_t most = 1;
  for (const ScalingRow& row : report.scaling) {
    if (is_considered(report, row)) most = std::max(most, row.workers);
  }
  return most;
}

}  // namespace scalelaw::harness
