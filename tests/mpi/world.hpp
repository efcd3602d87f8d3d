#pragma once

#include <memory>
#include <vector>

#include "drivers/comm/comm.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver::mpi_test {

/// All ranks of this test run.  Every test is collective.
Comm& world();

/// The teams that a rank may have: itself, and two threads where there is OpenMP.
inline std::vector<std::unique_ptr<Team>> all_teams() {
  std::vector<std::unique_ptr<Team>> teams;
  teams.push_back(std::make_unique<SerialTeam>());
#ifdef SCALELAW_HAS_OPENMP
  teams.push_back(make_openmp_team(2));
#endif
  return teams;
}

}  // namespace scalelaw::driver::mpi_test
