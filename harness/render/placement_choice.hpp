#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/analysis/placement_choice.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// The marks of a choice and of the next best, where there is one: "choice: -; next: busy", or once
/// where both are marked alike.
std::string marks_of_choice(const std::string& choice, const std::optional<std::string>& next);

/// The placement to use on `cores` cores for each piece of work.  It has no rows when nothing was
/// run in several ways with that few cores.
Section placement_section(const Report& report, std::int64_t cores);
/// The same as JSON.
nlohmann::ordered_json placement_json(const Report& report, std::int64_t cores);

}  // namespace scalelaw::harness
