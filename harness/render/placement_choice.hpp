#pragma once

#include <nlohmann/json.hpp>

#include "harness/analysis/placement_choice.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// The placement to use on `cores` cores for each piece of work.  It has no rows when nothing was
/// run in several ways with that few cores.
Section placement_section(const Report& report, std::int64_t cores);
/// The same as JSON.
nlohmann::ordered_json placement_json(const Report& report, std::int64_t cores);

}  // namespace scalelaw::harness
