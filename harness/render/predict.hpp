#pragma once

#include <cstdint>
#include <vector>

#include "harness/render/layout.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// What each law says of worker counts that were not measured, with 95 % bands, and how far adding
/// workers pays.  One section per series that scales.
std::vector<Section> predict_sections(const Results& results,
                                      const std::vector<std::int64_t>& workers);

/// The same as JSON.
std::string predict_json(const Results& results, const std::vector<std::int64_t>& workers);

}  // namespace scalelaw::harness
