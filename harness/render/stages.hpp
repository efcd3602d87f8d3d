#pragma once

#include <string>
#include <vector>

#include "harness/analysis/stages.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// A table of the stages; without rows when there are none.
Section stages_section(const Results& results, const std::vector<Summary>& summaries,
                       const std::vector<PointStages>& stages);

}  // namespace scalelaw::harness
