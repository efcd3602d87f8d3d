#pragma once

#include <vector>

#include "harness/analysis/findings.hpp"
#include "harness/analysis/findings/case.hpp"

namespace scalelaw::harness {

// Each kind of finding is a pure function of the report.  It returns nothing when the report says
// nothing about its subject.

/// What a reader must know first: nothing was measured, or it ran beside other work.
std::vector<Finding> doubts(const Report& report);
/// The best placement of each group, with its speedup: in one finding.
std::vector<Finding> scaling(const Report& report);
/// The fastest model, or that no model is fastest.
std::vector<Finding> winner(const Report& report);
/// Where efficiency is lost, and what to try.
std::vector<Finding> limit(const Report& report);
/// Whether the laws foresaw the times.
std::vector<Finding> theory(const Report& report);
/// Whether the results may be published, and what would make them publishable.
std::vector<Finding> publication(const Report& report);
/// The number of workers at which efficiency falls below the limit.
std::vector<Finding> efficiency(const Report& report, const FindingLimits& limits);
/// How many points have no time, or no final one, and why.
std::vector<Finding> failed(const Report& report);
/// Speedups that are larger than the number of workers, and why.
std::vector<Finding> superlinear(const Report& report);
/// Other implementations that are faster than ours.
std::vector<Finding> faster_peers(const Report& report);

}  // namespace scalelaw::harness
