#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// The measured ways to do one piece of work on at most so many cores, and which to take.  A way is
/// certainly slower than the fastest if their intervals do not touch (without intervals: if it
/// takes 10 % longer).  The choice is the simplest of those that are not: fewer workers, then fewer
/// features of the model, so that nothing parallel is preferred to serial for a difference that may
/// be noise.
struct PlacementChoice {
  std::string work;                 ///< kernel and parameters
  std::vector<std::int64_t> order;  ///< points (index into Report::scaling), the fastest first
  std::int64_t choice = 0;          ///< a point
  std::vector<std::int64_t> tied;   ///< the others that may be as fast, the fastest first
};

/// One for each piece of work that was run in strong scaling in several ways with at most `cores`
/// workers, of our own drivers and none oversubscribed.
std::vector<PlacementChoice> placement_choices(const Report& report, std::int64_t cores);

/// The most workers of any point that those consider; 1 without any.
std::int64_t most_workers(const Report& report);

}  // namespace scalelaw::harness
