#pragma once

#include "drivers/cli/options.hpp"
#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Throws Error when this node's ranks together need more memory than it has available.
/// Collective.  resident_bytes is the whole problem's, of which a rank holds what the options say;
/// each rank needs bytes_per_rank beside it.
void check_memory(double resident_bytes, double bytes_per_rank, const Options& options, Comm& comm);

}  // namespace scalelaw::driver
