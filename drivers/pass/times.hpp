#pragma once

#include <cstdint>
#include <vector>

#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// The time that one rank spent in one pass, in seconds.
struct PassTimes {
  std::vector<double> phases_s;  ///< in the order of the pass's phases
  double wait_s = 0;             ///< in the diagnostic barrier; 0 in a timed pass
  double computed_s = 0;         ///< from the common start to the end of its items
  double total_s = 0;            ///< from the common start to the end of this rank's last action
  std::vector<double> busy_s;    ///< per thread, inside the parallel phases
  std::int64_t items = 0;

  PassTimes& operator+=(const PassTimes& other);
  PassTimes& operator/=(double passes);
};

/// Ends a rank's items now: takes the time since the common start and, in a diagnostic pass, waits
/// for the other ranks and takes how long.
/// Threads: collective in a diagnostic pass.
void end_items(PassTimes& times, Comm& comm, double start_s, bool diagnostic);

/// The smallest step of a Comm's clock and the cost of reading it, both measured.
struct Timer {
  double resolution_s = 0;
  double overhead_s = 0;
};
Timer measure_timer(const Comm& comm);

}  // namespace scalelaw::driver
