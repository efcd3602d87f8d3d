#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "drivers/team/team.hpp"

namespace scalelaw::driver {

/// Where the threads of this process may and do run, as docs/record.md has it:
/// [{"thread": 0, "cpus": "0-1", "last_cpu": 0}], asked by each thread for itself.
nlohmann::json thread_affinity(Team& team);

/// SLURM's name for this node in a step of SLURM, else the host's; "unknown" when it has none.
std::string host_name();

}  // namespace scalelaw::driver
