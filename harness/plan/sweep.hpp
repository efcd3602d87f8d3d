#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// Every combination of the settings' values, the last setting varying fastest: one object each.
std::vector<nlohmann::json> combinations(const std::vector<Setting>& settings);

}  // namespace scalelaw::harness
