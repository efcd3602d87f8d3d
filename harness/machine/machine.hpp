#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// What a node offers to a campaign.
struct Machine {
  std::int64_t nodes = 1;        ///< hosts that ranks may be started on
  std::int64_t cores = 1;        ///< that this process may use: cpuset, affinity and quota
  std::int64_t cores_total = 1;  ///< that the node has
  std::int64_t last_level_cache_bytes = 0;  ///< of all of them together; 0: unknown
  double memory_bytes = 0;                  ///< available now, within the control group; 0: unknown
  std::string first_core = "0";  ///< Linux CPU list of the first usable core, its siblings included
};

/// Looks at this machine.  A core counts when at least one of its hardware threads may be used, and
/// no more cores than the control group's CPU quota pays for.
/// Errors: throws Error when the topology cannot be read.
Machine find_machine();

/// `found`, for other nodes, each with at least these resources.
Machine with_nodes(Machine found, std::int64_t nodes, std::int64_t cores,
                   std::int64_t memory_bytes);

/// `found`, overridden by the config's [machine] table.
Machine with_options(Machine found, const MachineOptions& options);

}  // namespace scalelaw::harness
