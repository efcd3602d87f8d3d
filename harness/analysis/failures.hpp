#pragma once

#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// One point with failures or without results.
struct PointFailures {
  std::int64_t point = 0;              ///< index into Results::points
  std::int64_t good = 0;               ///< its launches that succeeded
  std::vector<std::int64_t> launches;  ///< those that failed, in the order of time
};

/// The points that failed or are pending, and those with a failed launch.  Superseded launches are
/// omitted.
std::vector<PointFailures> failures_of(const Results& results);

}  // namespace scalelaw::harness
