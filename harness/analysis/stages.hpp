#pragma once

#include <cstdint>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// The stages of a point that is a pipeline, in the order in which data pass them.  The numbers are
/// medians over its timed samples.
struct PointStages {
  std::int64_t point = 0;  ///< index into Results::points
  std::vector<StageTime> stages;
  double at_once = 0;  ///< stages that were busy at a time: all busy seconds / elapsed ones
};

/// The stages of every point whose samples report any.
std::vector<PointStages> stages_of(const Results& results, const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness
