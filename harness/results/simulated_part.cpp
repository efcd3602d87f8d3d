#include "harness/results/simulated_part.hpp"

#include <algorithm>

namespace scalelaw::harness {

Results without_measured(Results results) {
  const auto is_simulated = [](const Point& point) { return point.clock == TimeSource::simulated; };
  const auto end = std::find_if_not(results.points.begin(), results.points.end(), is_simulated);
  const std::int64_t points = end - results.points.begin();
  if (points == 0 || end == results.points.end()) return results;
  results.points.resize(static_cast<std::size_t>(points));
  std::erase_if(results.launches, [&](const Launch& one) { return one.point >= points; });
  const std::int64_t launches = std::ssize(results.launches);
  std::erase_if(results.samples, [&](const Sample& one) { return one.launch >= launches; });
  results.scaling.clear();
  results.account.clear();
  results.fits.clear();
  results.predictions.clear();
  results.findings.clear();
  results.derived_by.clear();
  return results;
}

}  // namespace scalelaw::harness
