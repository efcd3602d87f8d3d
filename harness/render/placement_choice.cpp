#include "harness/render/placement_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/numbers.hpp"
#include "harness/render/json_number.hpp"

namespace scalelaw::harness {
namespace {

/// "openmp 1x1x2 (busy)".
std::string marked_way(const Report& report, std::int64_t point) {
  const std::string& marks = report.numbers(point).marks;
  return way_label(report.point(point)) + (marks.empty() ? "" : " (" + marks + ")");
}

/// Why no work has a choice.
std::string nothing_to_choose(const Report& report) {
  const auto& points = report.results->points;
  const bool strong = std::any_of(points.begin(), points.end(), [](const Point& point) {
    return point.scaling == Scaling::strong && !is_ceiling(point);
  });
  return strong
             ? "Nothing was run in several ways with so few cores."
             : "Nothing can be chosen: all series are weak, and only points of strong scaling do "
               "the same work.";
}

std::vector<std::string> row_of(const Report& report, const PlacementChoice& choice) {
  std::string tied;
  for (const std::int64_t point : choice.tied) {
    tied += (tied.empty() ? "" : ", ") + marked_way(report, point);
  }
  const ScalingRow& row = report.numbers(choice.choice);
  std::vector<std::string> cells{choice.work, way_label(report.point(choice.choice)),
                                 precise_seconds(row.time_s.value)};
  if (choice.next) {
    cells.push_back(way_label(report.point(*choice.next)));
    cells.push_back(with_interval(choice.ratio_to_next.value, choice.ratio_to_next.interval));
  } else {
    cells.insert(cells.end(), {"-", "-"});
  }
  cells.push_back(tied);
  cells.push_back(marks_of_choice(
      row.marks, choice.next ? std::optional(report.numbers(*choice.next).marks) : std::nullopt));
  return cells;
}

}  // namespace

std::string marks_of_choice(const std::string& choice, const std::optional<std::string>& next) {
  if (!next || *next == choice) return choice;
  return fmt::format("choice: {}; next: {}", choice.empty() ? "-" : choice,
                     next->empty() ? "-" : *next);
}

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
    section.table.rows.push_back(row_of(report, choice));
  }
  if (section.table.rows.empty()) {
    section.before.push_back(nothing_to_choose(report));
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
    const Point& point = report.point(index);
    const ScalingRow& row = report.numbers(index);
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
                     {"next", choice.next ? way(*choice.next) : Json(nullptr)},
                     {"ratio_to_next", choice.next ? json_of(choice.ratio_to_next.value,
                                                             choice.ratio_to_next.interval)
                                                   : Json(nullptr)},
                     {"fastest_first", order}});
  }
  return {{"cores", cores}, {"most_workers_measured", most_workers(report)}, {"works", works}};
}

}  // namespace scalelaw::harness
