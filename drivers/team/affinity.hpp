#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "drivers/team/team.hpp"

namespace scalelaw::driver {

/// Where the threads of this process may run and do run, as in docs/record.md:
/// [{"thread": 0, "cpus": "0-1", "last_cpu": 0}].
/// Each thread queries its own binding.
nlohmann::json thread_affinity(Team& team);

/// SLURM's name for this node within a SLURM step, else the host name; "unknown" if it has none.
std::string host_name();

}  // namespace scalelaw::driver
