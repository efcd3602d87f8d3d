#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "harness/results/results.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {

/// What the processes of a point took, which its driver started for its samples: all of one run
/// together.  Medians over the runs; NaN: unknown.
struct PointProcesses {
  std::int64_t point = 0;                                    ///< index into Results::points
  double wall_s = std::numeric_limits<double>::quiet_NaN();  ///< of the slowest process
  double user_s = std::numeric_limits<double>::quiet_NaN();
  double system_s = std::numeric_limits<double>::quiet_NaN();
  double peak_bytes = std::numeric_limits<double>::quiet_NaN();  ///< the sum over the processes
  double largest_peak_bytes = std::numeric_limits<double>::quiet_NaN();  ///< of one process
  double timed_s = std::numeric_limits<double>::quiet_NaN();  ///< by all samples of a run
};

/// The processes of every point whose driver tells.
std::vector<PointProcesses> processes_of(const Results& results,
                                         const std::vector<Summary>& summaries);

}  // namespace scalelaw::harness
