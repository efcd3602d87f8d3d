#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// The measured ways to do one piece of work on a limited number of cores, and which of them to
/// use.  The choice is the simplest of those that are not certainly_slower() than the fastest:
/// fewer workers, then fewer features of the model.  So noise alone never makes a parallel way win
/// over serial.
struct PlacementChoice {
  std::string work;                 ///< kernel and parameters
  std::vector<std::int64_t> order;  ///< points (index into Report::scaling), the fastest first
  std::int64_t choice = 0;          ///< a point
  std::vector<std::int64_t> tied;   ///< the others that may be as fast, the fastest first
  /// The fastest that is certainly slower than the choice, and not tied.
  std::optional<std::int64_t> next;
  Ratio ratio_to_next;  ///< the time of the next / that of the choice
};

/// One choice for each piece of work that was run in several ways, in strong scaling and with at
/// most `cores` workers.  Peers and oversubscribed points are omitted.
std::vector<PlacementChoice> placement_choices(const Report& report, std::int64_t cores);

/// The most workers of any point that placement_choices() considers; 1 if there is none.
std::int64_t most_workers(const Report& report);

}  // namespace scalelaw::harness
