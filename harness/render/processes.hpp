#pragma once

#include <vector>

#include "harness/render/layout.hpp"
#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// A table of what the processes of each point took; without rows when no driver tells.
Section processes_section(const Results& results, const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness
