#pragma once

#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Seconds in the phases of a role, together.
double seconds_in(const std::vector<PhaseTime>& phases, Role role);

/// Each phase's largest over the ranks, in the order of time; nothing where ranks name no phases.
std::vector<PhaseTime> longest_phases(const std::vector<RankTimes>& ranks);

}  // namespace scalelaw::harness
