#pragma once

#include <string>
#include <vector>

#include "harness/process/command.hpp"

namespace scalelaw::harness {

/// A run that received SIGTERM while it measured.
struct Terminated {
  bool began = false;                    ///< its record had a first line in time
  bool early = false;                    ///< it ended before SIGTERM
  bool in_time = false;                  ///< it ended within the grace
  int exit_code = 0;                     ///< 128 + n for signal n
  std::string log;                       ///< stdout and stderr
  std::vector<std::string> left_behind;  ///< processes that were running a moment after its end
};

/// Starts `command`, waits until `record` has a line (at most `start_s` seconds), sends SIGTERM to
/// its process group as a launcher does, and waits at most `grace_s` seconds.  No process of it is
/// left when this returns.  `log_file`: the file for its output.
/// Errors: throws Error when the operating system cannot provide a pipe, file or process.
Terminated terminate_during(const Command& command, const std::string& record,
                            const std::string& log_file, double start_s, double grace_s);

}  // namespace scalelaw::harness
