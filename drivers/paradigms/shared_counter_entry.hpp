#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `shared_counter` (docs/kernels/shared_counter.md).
KernelEntry shared_counter_entry();

}  // namespace scalelaw::driver
