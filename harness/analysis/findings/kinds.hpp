#pragma once

#include <vector>

#include "harness/analysis/findings.hpp"
#include "harness/analysis/findings/case.hpp"

namespace scalelaw::harness {

// Each kind of finding is a pure function of the report.  It returns nothing when the report says
// nothing about its subject.

/// What a reader must know first: nothing was measured, or it ran beside other work.
std::vector<Draft> doubts(const Report& report);
/// That few medians converged, and what would help.
std::vector<Draft> few_converged(const Report& report);
/// Programs of a config that seem not to use their threads, or to repeat all of the work in each
/// worker.
std::vector<Draft> unused(const Report& report);
/// Points whose results lack something, by a fact that says so.
std::vector<Draft> lost(const Report& report);
/// The best placement of each group, with its speedup: in one finding.
std::vector<Draft> scaling(const Report& report);
/// The fastest model, or that no model is fastest.
std::vector<Draft> winner(const Report& report);
/// The sizes from which on another model or placement is best.
std::vector<Draft> crossover(const Report& report);
/// The best value of each parameter or option that changes the time and not the work.
std::vector<Draft> setting(const Report& report);
/// Where efficiency is lost, and what to try.
std::vector<Draft> limit(const Report& report);
/// The stage of a pipeline that is busiest, and what is gained without it.
std::vector<Draft> busiest_stage(const Report& report);
/// What more workers than cores gain.
std::vector<Draft> oversubscribed(const Report& report);
/// Whether laws find the parameters that a kernel states.
std::vector<Draft> stated(const Report& report);
/// Whether the laws foresaw the times.
std::vector<Draft> theory(const Report& report);
/// How near simulations came to what was measured, and where predictions leave them.
std::vector<Draft> simulation(const Report& report);
/// Whether the results may be published, and what would make them publishable.
std::vector<Draft> publication(const Report& report);
/// The number of workers at which efficiency falls below the limit.
std::vector<Draft> efficiency(const Report& report, const FindingLimits& limits);
/// How many points have no time, or no final one, and why.
std::vector<Draft> failed(const Report& report);
/// Speedups that are larger than the number of workers, and why.
std::vector<Draft> superlinear(const Report& report);
/// Other implementations that are faster than ours.
std::vector<Draft> faster_peers(const Report& report);

}  // namespace scalelaw::harness
