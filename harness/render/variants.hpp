#pragma once

#include <string>
#include <vector>

#include "harness/analysis/variants.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// As a table.
Section variants_section(const Results& results, const std::vector<Summary>& summaries,
                         const std::vector<Variant>& variants);

}  // namespace scalelaw::harness
