#pragma once

#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Sets Point::shares: points whose drivers would be started with the same words share the launches
/// of the first of them.  So do the points with one worker of strong and weak scaling.  Skipped
/// points share none.  Pretended times depend on the kind of scaling, too, so there only points
/// with one worker share across kinds.
void share_launches(std::vector<Point>& points);

}  // namespace scalelaw::harness
