#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `divide_and_conquer` (docs/kernels/divide_and_conquer.md).
KernelEntry divide_and_conquer_entry();

}  // namespace scalelaw::driver
