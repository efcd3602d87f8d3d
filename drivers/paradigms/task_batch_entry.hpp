#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `task_batch` (docs/kernels/task_batch.md).
KernelEntry task_batch_entry();

}  // namespace scalelaw::driver
