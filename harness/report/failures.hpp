#pragma once

#include <string>
#include <vector>

#include "harness/report/layout.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// One point of which something went wrong or is missing.
struct PointFailures {
  std::int64_t point = 0;              ///< index into Results::points
  std::int64_t good = 0;               ///< launches of it that ended well
  std::vector<std::int64_t> launches;  ///< those that failed, in the order of time
};

/// The points that failed or are pending, and those that lost a launch on the way; launches that
/// were superseded are left out.
std::vector<PointFailures> failures_of(const Results& results);

/// For a person: of each point its state and reason, and of each failed launch its time, cause,
/// exit code, reason, command, and the end of its log.
std::vector<Section> failures_sections(const Results& results);
/// The same as JSON.
std::string failures_json(const Results& results);

}  // namespace scalelaw
