#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A point with the times that count, for other programs.
struct CountedPoint {
  const Point* point = nullptr;
  std::vector<std::vector<double>> launches{};  ///< the seconds of each launch's timed samples
  std::vector<double> medians_s{};              ///< of the launches
};

/// The points that have a time, with the launches that their medians are of.  The pointers live as
/// long as `results`.
/// Errors: throws Error when no point has a time.
std::vector<CountedPoint> counted_points(const Results& results);

/// Likewise without the machine's ceilings, for formats of series.
/// Errors: likewise, and when times were not measured: such formats could not say so.
std::vector<CountedPoint> series_points(const Results& results);

/// The names of the series: all but the placement is said in them (and the size, in weak ones).  No
/// two are equal.
std::map<std::int64_t, std::string> series_names(const std::vector<CountedPoint>& points);

}  // namespace scalelaw::harness
