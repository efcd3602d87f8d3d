#pragma once

#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// The true phases of one pass, in chronological order.  They are the same for every rank.
struct FakeTimes {
  std::vector<PhaseTime> phases;
  std::vector<double> busy_s{};     ///< of each worker in parallel phases; none: as long as these
  std::vector<StageTime> stages{};  ///< of a pipeline, in the order of the flow
  [[nodiscard]] double total_s() const;
};

/// The costs of a job: those of [fake], with the cases that it meets laid over them.
/// Errors: throws Error when a case names what no job has, and for a serial share that is none.
FakeCosts costs_of(const FakeOptions& fake, const Job& job);

/// How long a pass takes on nodes with `cores` cores (0: as many as its workers need), of which
/// other work takes the share `load`.
///
/// A pass of W seconds of work by one worker has a serial phase of s W.  The rest is divided evenly
/// among the workers that gain (Amdahl; weak scaling: Gustafson).  With weights, or a cost of
/// chunks, its items are dealt instead: each worker that is free gets the next `chunk` items.
/// Errors: none.  Pure.
FakeTimes pretended_times(const FakeCosts& costs, const Job& job, double cores, double load);

}  // namespace scalelaw::harness
