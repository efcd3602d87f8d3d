#pragma once

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// The subject of a finding.  A report shows findings in this order.
enum class FindingKind {
  clock,           ///< times were not measured
  busy,            ///< times rest on launches beside other work
  unused,          ///< workers that a program seems not to use
  lost,            ///< results that lack something, as a race leaves them
  scaling,         ///< how many times faster
  winner,          ///< which model is fastest
  crossover,       ///< from which size on another way is best
  setting,         ///< the best value of a parameter or option
  limit,           ///< where the efficiency goes
  stages,          ///< which stage of a pipeline is busiest
  oversubscribed,  ///< what more workers than cores gain
  stated,          ///< whether laws find what a kernel states
  theory,          ///< whether the laws foresaw it
  simulation,      ///< how near a simulation came, and where predictions leave it
  publication,     ///< whether it may be published
  convergence,     ///< few medians are as exact as they should be
  failed,          ///< points that have no time
  superlinear,     ///< a speedup above the number of workers
  peer,            ///< another implementation that is faster
  efficiency       ///< where workers begin to be wasted
};
constexpr auto enum_names(FindingKind) {
  return std::array<std::string_view, 20>{"clock",   "busy",        "unused",         "lost",
                                          "scaling", "winner",      "crossover",      "setting",
                                          "limit",   "stages",      "oversubscribed", "stated",
                                          "theory",  "simulation",  "publication",    "convergence",
                                          "failed",  "superlinear", "peer",           "efficiency"};
}

/// FindingLimits::most, for all that there are.
constexpr std::size_t all_findings = std::numeric_limits<std::size_t>::max();

/// The conclusions of a report: at most `limits.most` sentences, the most important first.  Each
/// follows from the report's numbers alone, and names their points and intervals.  Pure.
std::vector<Finding> findings_of(const Report& report, const FindingLimits& limits);

}  // namespace scalelaw::harness
