#include "harness/analysis/names.hpp"

#include <fmt/format.h>

#include "common/json_text.hpp"

namespace scalelaw::harness {

std::string work_label(const Point& point) {
  std::string label = point.kernel;
  if (!point.task().empty()) label += " " + point.task();
  if (!point.params.is_object()) return label;
  for (const auto& [name, value] : point.params.items()) {
    if (name == "seed") continue;
    const std::string text = json_text(value);
    if (!text.empty()) label += fmt::format(" {}={}", name, text);
  }
  return label;
}

std::string study_label(const Point& point) {
  const bool named = !point.experiment.empty() && point.experiment != point.kernel;
  return (named ? point.experiment + ": " : "") + work_label(point);
}

std::string scaled_label(const Point& point) {
  return study_label(point) + (point.scaling == Scaling::weak ? ", weak" : "");
}

std::string runner_label(const Point& point, const std::string& omit) {
  std::string label = point.model.name;
  const bool told = point.implementation == own_implementation ||
                    point.implementation == unknown_implementation ||
                    (point.is_ours() && point.implementation == point.kernel);
  if (!told) label += " by " + point.implementation;
  if (!point.options.is_object()) return label;
  for (const auto& [name, value] : point.options.items()) {
    const std::string text = json_text(value);
    // The option that chooses the task is already in the name of the work.
    if (name == omit || (!text.empty() && text == point.task())) continue;
    label += fmt::format(" {}={}", name, text);
  }
  return label;
}

std::string placement_label(const Placement& placement) {
  return fmt::format("{}x{}x{}", placement.nodes, placement.ranks_per_node, placement.threads);
}

std::string way_label(const Point& point) {
  return fmt::format("{} {}", runner_label(point), placement_label(point.placement));
}

std::string point_label(const Point& point) {
  return fmt::format("{}, {}", scaled_label(point), way_label(point));
}

}  // namespace scalelaw::harness
