#include "harness/analysis/placement_choice.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/analysis/measured.hpp"
#include "harness/analysis/names.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

const Point& point_of(const Report& report, std::int64_t index) {
  return report.results->points[static_cast<std::size_t>(index)];
}

const Summary& summary_of(const Report& report, std::int64_t index) {
  return report.summaries[static_cast<std::size_t>(index)];
}

bool is_considered(const Report& report, const ScalingRow& row) {
  const Point& point = point_of(report, row.point);
  return row.timed && point.is_ours() && !is_ceiling(point) && !point.oversubscribed &&
         point.scaling == Scaling::strong;
}

PlacementChoice choice_of(const Report& report, std::vector<std::int64_t> points) {
  std::stable_sort(points.begin(), points.end(), [&](std::int64_t a, std::int64_t b) {
    return summary_of(report, a).median_s < summary_of(report, b).median_s;
  });
  PlacementChoice out;
  out.work = study_label(point_of(report, points.front()));
  for (const std::int64_t point : points) {
    if (!certainly_slower(summary_of(report, point), summary_of(report, points.front()))) {
      out.tied.push_back(point);
    }
  }
  out.choice =
      *std::min_element(out.tied.begin(), out.tied.end(), [&](std::int64_t a, std::int64_t b) {
        const Point &p = point_of(report, a), &q = point_of(report, b);
        return std::tuple(p.placement.workers(), p.model, a) <
               std::tuple(q.placement.workers(), q.model, b);
      });
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
        known.try_emplace(study_label(point_of(report, row.point)), works.size());
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
