#pragma once

#include <cstdint>

#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Where this rank is among the hosts of its launch.
struct HostPlace {
  bool first = true;  ///< on the host of rank 0
  bool only = true;   ///< all ranks are on it
};

/// Collective.  `ranks_per_host`: so many consecutive ranks count as a host; 0: real hosts count.
HostPlace host_place(Comm& comm, std::int64_t ranks_per_host);

}  // namespace scalelaw::driver
