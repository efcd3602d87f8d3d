#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The point whose launches `point` has: itself, unless it shares those of another.
inline std::int64_t launched_as(const std::vector<Point>& points, std::int64_t point) {
  const std::int64_t shares = points[static_cast<std::size_t>(point)].shares;
  return shares < 0 ? point : shares;
}

/// Gives each point that shares launches what was gathered from them for the point that they are
/// stored under.  `of_points`: one element for each point.
template <class T>
void give_sharers(const std::vector<Point>& points, std::vector<T>& of_points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].shares >= 0) of_points[i] = of_points[static_cast<std::size_t>(points[i].shares)];
  }
}

}  // namespace scalelaw::harness
