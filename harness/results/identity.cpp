#include "harness/results/identity.hpp"

#include <fmt/format.h>

#include "common/json_text.hpp"

namespace scalelaw::harness {

std::string identity_of(const Point& point, const nlohmann::json& all_params) {
  std::string out = fmt::format("{} {}/{} {} {}x{}x{}", point.kernel, point.implementation,
                                point.model.name, to_string(point.scaling), point.placement.nodes,
                                point.placement.ranks_per_node, point.placement.threads);
  for (const auto& [name, value] : all_params.items()) {
    const std::string text = json_text(value);
    if (!text.empty()) out += fmt::format(" {}={}", name, text);
  }
  for (const auto& [name, value] : point.options.items()) {
    out += fmt::format(" --{}={}", name, json_text(value));
  }
  return out;
}

}  // namespace scalelaw::harness
