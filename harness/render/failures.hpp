#pragma once

#include <string>
#include <vector>

#include "harness/analysis/failures.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// The failures for a person: the state and reason of each point, and the time, cause, exit code,
/// reason, command and end of the log of each failed launch.
std::vector<Section> failures_sections(const Results& results);
/// The same as JSON.
std::string failures_json(const Results& results);

}  // namespace scalelaw::harness
