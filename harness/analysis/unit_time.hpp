#pragma once

#include <string>
#include <vector>

#include "harness/analysis/contest.hpp"

namespace scalelaw::harness {

/// How long one unit of work takes on one worker at each round of a contest whose size is not the
/// number of units, but their weight: a task of so many steps.
struct UnitTime {
  std::string unit;             ///< "task"; empty: the size is the number of units
  std::vector<double> seconds;  ///< by round; NaN: unknown

  /// At any size, on straight lines in logarithms through the rounds that are known; NaN where
  /// fewer than two are.
  [[nodiscard]] double at(const Contest& contest, double size) const;
};

/// From what workers said they were busy.  At each round, that of the strategy among `entrants`
/// (indices into Contest::strategies) whose workers were busy for the least time: others waited
/// meanwhile, e.g. for Python's lock.
UnitTime unit_time(const Results& results, const Contest& contest,
                   const std::vector<std::size_t>& entrants);

}  // namespace scalelaw::harness
