#pragma once

#include <string_view>
#include <vector>

#include "harness/simulate/trace.hpp"

namespace scalelaw::harness {

/// The simulated seconds of each phase, of one rank in one pass.
using RankPhases = std::vector<double>;

/// All ranks of one pass.
using SimulatedPass = std::vector<RankPhases>;

/// The step of the times in a replay's log.
constexpr double replay_resolution_s = 1e-6;

/// Reads the log of a replay of `traces`, of `passes` passes with `phases` phases.
/// Errors: throws Error when it does not list every action of every rank.
std::vector<SimulatedPass> parse_timeline(std::string_view log, const std::vector<Trace>& traces,
                                          std::size_t passes, std::size_t phases);

}  // namespace scalelaw::harness
