#pragma once

#include "harness/config/campaign.hpp"
#include "harness/config/key.hpp"

namespace scalelaw::harness {

/// The keys of [simulate].
const Keys<SimulateOptions>& simulate_keys();

/// Errors: throws Error for keys that contradict each other.  `file`: the config's.
void check_simulate(const SimulateOptions& options, const std::string& file);

}  // namespace scalelaw::harness
