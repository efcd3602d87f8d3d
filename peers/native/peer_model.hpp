#pragma once

#include "drivers/cli/driver_main.hpp"

namespace scalelaw::driver {

/// The model that a peer runs under: OpenMP threads if the build has OpenMP.
inline ExecutionModel peer_model() {
#if defined(SCALELAW_PEER_THREADS)
  return {.is = {.name = "openmp", .title = "OpenMP", .threaded = true},
          .make_team = make_openmp_team,
          .make_comm = make_self_comm,
          .default_threads = default_openmp_threads};
#else
  return {.is = {.name = "serial", .title = "serial"},
          .make_team = [](int) { return std::make_unique<SerialTeam>(); },
          .make_comm = make_self_comm};
#endif
}

}  // namespace scalelaw::driver
