#pragma once

#include <string>
#include <vector>

#include "harness/render/layout.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The placement to use on `cores` cores (0: as many as the most workers that were measured).  Then
/// which model is fastest for which sizes, where the choice changes, and why.
std::vector<Section> advise_sections(const Results& results, std::int64_t cores = 0);
/// The same as JSON.
std::string advise_json(const Results& results, std::int64_t cores = 0);

}  // namespace scalelaw::harness
