#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `collectives` of the MPI drivers.  It times one of the operations in the kernels'
/// passes at one size, and writes the same record, so that a campaign can measure the network's
/// latency (small sizes) and bandwidth (large sizes) at each placement.
KernelEntry collectives_entry();

}  // namespace scalelaw::driver
