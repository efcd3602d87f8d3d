#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// The subject of a finding.  A report shows findings in this order.
enum class FindingKind {
  clock,        ///< times were not measured
  busy,         ///< times rest on launches beside other work
  unused,       ///< workers that a program seems not to use
  scaling,      ///< how many times faster
  winner,       ///< which model is fastest
  limit,        ///< where the efficiency goes
  theory,       ///< whether the laws foresaw it
  publication,  ///< whether it may be published
  convergence,  ///< few medians are as exact as they should be
  failed,       ///< points that have no time
  superlinear,  ///< a speedup above the number of workers
  peer,         ///< another implementation that is faster
  efficiency    ///< where workers begin to be wasted
};
constexpr auto enum_names(FindingKind) {
  return std::array<std::string_view, 13>{
      "clock",       "busy",        "unused", "scaling",     "winner", "limit",     "theory",
      "publication", "convergence", "failed", "superlinear", "peer",   "efficiency"};
}

/// The largest number of findings in a report.
constexpr std::size_t most_findings = 8;

/// The conclusions of a report: at most `most_findings` sentences, the most important first.  Each
/// follows from the report's numbers alone, and names their points and intervals.  Pure.
std::vector<Finding> findings_of(const Report& report, const FindingLimits& limits);

}  // namespace scalelaw::harness
