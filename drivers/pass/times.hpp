#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace scalelaw::driver {

/// Seconds on the local monotonic clock since some fixed instant.
inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What one rank spent in one pass, seconds.
struct PassTimes {
  double distribute_s = 0;
  double prepare_s = 0;
  double compute_s = 0;
  double wait_s = 0;  ///< in the diagnostic barrier; 0 in a timed pass
  double combine_s = 0;
  double finish_s = 0;
  double computed_s = 0;       ///< from the common start to the end of compute
  double total_s = 0;          ///< from the common start to this rank's last action
  std::vector<double> busy_s;  ///< per thread, inside compute
  std::int64_t items = 0;

  PassTimes& operator+=(const PassTimes& other);
  PassTimes& operator/=(double passes);
};

/// The clock that now_s() reads: its smallest step and the cost of one reading, both measured.
struct Timer {
  double resolution_s = 0;
  double overhead_s = 0;
};
Timer measure_timer();

}  // namespace scalelaw::driver
