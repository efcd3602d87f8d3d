#pragma once

#include <string>
#include <vector>

#include "harness/analysis/failures.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// For a person: of each point its state and reason, and of each failed launch its time, cause,
/// exit code, reason, command, and the end of its log.
std::vector<Section> failures_sections(const Results& results);
/// The same as JSON.
std::string failures_json(const Results& results);

}  // namespace scalelaw::harness
