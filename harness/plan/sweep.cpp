#include "harness/plan/sweep.hpp"

namespace scalelaw::harness {

using nlohmann::json;

std::vector<json> combinations(const std::vector<Setting>& settings) {
  std::vector<json> out{json::object()};
  for (const Setting& setting : settings) {
    std::vector<json> longer;
    for (const json& shorter : out) {
      for (const json& value : setting.values) {
        json one = shorter;
        one[setting.name] = value;
        longer.push_back(std::move(one));
      }
    }
    out = std::move(longer);
  }
  return out;
}

}  // namespace scalelaw::harness
