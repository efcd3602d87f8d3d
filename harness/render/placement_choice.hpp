#pragma once

#include <nlohmann/json.hpp>

#include "harness/analysis/placement_choice.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// Which placement of `cores` cores to take for each piece of work; without rows when nothing was
/// run in several ways with so few.
Section placement_section(const Report& report, std::int64_t cores);
/// The same as JSON.
nlohmann::ordered_json placement_json(const Report& report, std::int64_t cores);

}  // namespace scalelaw::harness
