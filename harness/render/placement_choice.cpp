#include "harness/render/placement_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

const Point& point_of(const Report& report, std::int64_t index) {
  return report.results->points[static_cast<std::size_t>(index)];
}

std::string way_of(const Report& report, std::int64_t index) {
  const Point& point = point_of(report, index);
  return fmt::format("{} {}", runner_label(point), placement_label(point.placement));
}

/// The fastest that is certainly slower than the choice; -1 without one.
std::int64_t next_of(const PlacementChoice& choice) {
  for (const std::int64_t point : choice.order) {
    const bool tied = std::find(choice.tied.begin(), choice.tied.end(), point) != choice.tied.end();
    if (point != choice.choice && !tied) return point;
  }
  return -1;
}

Ratio over_choice(const Report& report, const PlacementChoice& choice, std::int64_t other) {
  const auto summary = [&](std::int64_t point) -> const Summary& {
    return report.summaries[static_cast<std::size_t>(point)];
  };
  return measured_ratio(summary(other), summary(choice.choice));
}

}  // namespace

Section placement_section(const Report& report, std::int64_t cores) {
  Section section{
      2,
      fmt::format("Which placement of {}?", counted(static_cast<std::size_t>(cores), "core")),
      {},
      {},
      {}};
  section.table.header = {"work", "choose", "time", "next", "next/choice", "as fast, within noise",
                          "marks"};
  section.table.left = {0, 1, 3, 5, 6};
  section.table.keys = 1;
  for (const PlacementChoice& choice : placement_choices(report, cores)) {
    const ScalingRow& row = report.scaling[static_cast<std::size_t>(choice.choice)];
    std::string tied;
    for (const std::int64_t point : choice.tied) {
      tied += (tied.empty() ? "" : ", ") + way_of(report, point);
    }
    const std::int64_t next = next_of(choice);
    std::string ratio = "-";
    if (next >= 0) {
      const Ratio over = over_choice(report, choice, next);
      ratio = with_interval(over.value, over.interval);
    }
    section.table.rows.push_back({choice.work, way_of(report, choice.choice),
                                  precise_seconds(row.time_s.value),
                                  next >= 0 ? way_of(report, next) : "-", ratio, tied, row.marks});
  }
  if (section.table.rows.empty()) {
    section.before.push_back("Nothing was run in several ways with so few cores.");
  }
  const std::int64_t most = most_workers(report);
  if (cores > most) {
    section.after.push_back(fmt::format(
        "measured with at most {}: scalelaw predict FILE --workers {} says what to expect of more",
        counted(static_cast<std::size_t>(most), "worker"), cores));
  }
  return section;
}

nlohmann::ordered_json placement_json(const Report& report, std::int64_t cores) {
  using Json = nlohmann::ordered_json;
  const auto way = [&](std::int64_t index) -> Json {
    const Point& point = point_of(report, index);
    const ScalingRow& row = report.scaling[static_cast<std::size_t>(index)];
    return {{"point", index},
            {"model", point.model.name},
            {"options", point.options},
            {"nodes", point.placement.nodes},
            {"ranks_per_node", point.placement.ranks_per_node},
            {"threads", point.placement.threads},
            {"median_s", row.time_s.value},
            {"marks", row.marks}};
  };
  Json works = Json::array();
  for (const PlacementChoice& choice : placement_choices(report, cores)) {
    Json tied = Json::array(), order = Json::array();
    for (const std::int64_t point : choice.tied) tied.push_back(point);
    for (const std::int64_t point : choice.order) order.push_back(way(point));
    works.push_back({{"work", choice.work},
                     {"choice", way(choice.choice)},
                     {"tied", tied},
                     {"fastest_first", order}});
  }
  return {{"cores", cores}, {"most_workers_measured", most_workers(report)}, {"works", works}};
}

}  // namespace scalelaw::harness
