#pragma once

#include "drivers/cli/kernel_entry.hpp"

namespace scalelaw::driver {

/// The subcommand `task_graph` (docs/kernels/task_graph.md).
KernelEntry task_graph_entry();

}  // namespace scalelaw::driver
