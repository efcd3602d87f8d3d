#pragma once

#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// How a process group ended.
struct Outcome {
  int exit_code = 0;  ///< 128 + n for signal n
  bool timed_out = false;
  bool interrupted = false;  ///< the harness was asked to stop, and ended it (launch/interrupt.hpp)
  double wall_s = 0;
  std::string log;  ///< stdout and stderr together; the last 64 KiB
  std::string via;  ///< what started the ranks: "mpirun", "srun"; empty: the harness itself
  Cause cause = Cause::none;   ///< of a failure whose cause the launcher itself has found
  bool out_of_memory = false;  ///< the kernel ended a process meanwhile because memory ran out
  /// Processes that the driver left running when it ended, e.g. "sleep (process 123)"; they were
  /// ended, since they would disturb what is measured next.
  std::vector<std::string> left_behind;
};

}  // namespace scalelaw::harness
