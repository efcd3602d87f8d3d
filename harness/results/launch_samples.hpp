#pragma once

#include <span>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The samples of each launch, in one pass.  Those of one launch stand together in `results`, in
/// the order of the launches: measuring, journals and read_results() keep them so.
std::vector<std::span<const Sample>> samples_by_launch(const Results& results);

}  // namespace scalelaw::harness
