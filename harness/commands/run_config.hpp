#pragma once

#include "harness/commands/run_campaign.hpp"

namespace scalelaw::harness {

/// Measures a config's campaign.  Where the config has a [simulate] table that names no measured
/// campaign, simulates its ranks afterwards, from what was measured, into a file of its own:
/// FILE-simulated.h5.  Returns an exit code.
/// Errors: throws Error for whatever is wrong with the input or the output.
int run_config(const RunChoice& choice);

}  // namespace scalelaw::harness
