#include "harness/exchange/extrap_series.hpp"

#include <algorithm>

#include "harness/exchange/import_command.hpp"

namespace scalelaw::harness {

std::vector<PlacementParameter> placement_parameters(const std::vector<Placement>& placements) {
  std::vector<PlacementParameter> all{{"nodes", [](const Placement& at) { return at.nodes; }},
                                      {"ranks", [](const Placement& at) { return at.ranks(); }},
                                      {"threads", [](const Placement& at) { return at.threads; }}};
  std::vector<PlacementParameter> out;
  for (const PlacementParameter& one : all) {
    const bool several = std::any_of(placements.begin(), placements.end(),
                                     [&](const Placement& at) { return one.value(at) > 1; });
    if (several) out.push_back(one);
  }
  if (out.empty()) out.push_back(all[1]);
  return out;
}

void note_assumed_unit(Reading& reading, const ImportOptions& options) {
  if (!options.unit.empty()) return;
  reading.notes.emplace_back(
      "Extra-P's files do not say the unit of a metric: seconds are assumed; if they are "
      "milliseconds: " +
      import_command(options, {"--unit", "ms"}));
}

}  // namespace scalelaw::harness
