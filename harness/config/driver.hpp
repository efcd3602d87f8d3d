#pragma once

#include "harness/config/campaign.hpp"
#include "harness/config/key.hpp"

namespace scalelaw::harness {

/// The keys of a `[[driver]]`.
const Keys<ConfigDriver>& driver_keys();

/// Reads all `[[driver]]` tables.
/// Errors: throws Error "FILE:LINE: ..." for what is wrong with one of them by itself.
void read_drivers(Campaign& out, const Value& value);

/// Gives the experiments of drivers their kernels.
/// Errors: throws Error "FILE:LINE: ..." for an experiment that does not go with its drivers: a name
/// that no driver has, a placeholder that nothing fills, weak scaling without `work`.
void use_drivers(Campaign& campaign);

}  // namespace scalelaw::harness
