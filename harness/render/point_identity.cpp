#include "harness/render/point_identity.hpp"

#include "common/json_text.hpp"

namespace scalelaw::harness {

nlohmann::ordered_json identity_json(const Point& point) {
  return {{"id", point.id},
          {"experiment", point.experiment},
          {"kernel", point.kernel},
          {"implementation", point.implementation},
          {"params", point.params},
          {"options", point.options},
          {"scaling", to_string(point.scaling)},
          {"model", point.model.name},
          {"nodes", point.placement.nodes},
          {"ranks_per_node", point.placement.ranks_per_node},
          {"threads", point.placement.threads}};
}

std::vector<std::string> identity_cells(const Point& point) {
  const nlohmann::ordered_json identity = identity_json(point);
  std::vector<std::string> cells;
  for (const auto& [name, value] : identity.items()) {
    cells.push_back(value.is_string() ? value.get<std::string>() : serialize(value));
  }
  return cells;
}

std::vector<std::string> identity_columns() {
  const nlohmann::ordered_json identity = identity_json({});
  std::vector<std::string> names;
  for (const auto& [name, value] : identity.items()) names.push_back(name);
  return names;
}

}  // namespace scalelaw::harness
