#pragma once

#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The points that a preview measures: of each kernel, in the first series that has them, one worker
/// and all cores of one process.  They need neither mpirun nor its drivers.  A kernel that runs only
/// in several processes keeps its points with the fewest and the most workers.
std::vector<Point> preview_of(const std::vector<Point>& points);

}  // namespace scalelaw::harness
