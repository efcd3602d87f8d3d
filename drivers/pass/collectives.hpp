#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `collectives` of the MPI drivers: times one of the operations that the kernels'
/// passes are made of, at one size, behind the same record; so that a campaign knows the latency
/// (small sizes) and the bandwidth (large ones) of its network at each placement.
KernelEntry collectives_entry();

}  // namespace scalelaw::driver
