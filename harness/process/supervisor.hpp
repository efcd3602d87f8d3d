#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/process/command.hpp"
#include "harness/process/descriptor.hpp"
#include "harness/process/waits.hpp"

namespace scalelaw::harness {

/// What a supervisor reports about its command.
struct SupervisorReport {
  int status = 0;  ///< as waitpid() gives it
  /// What was still running a moment after the command had ended, and was ended then.
  std::vector<std::string> left_behind;
};

/// The process between the harness and a command that it runs.  It adopts what the command leaves
/// behind: a daemon, or the ranks of an mpirun that was killed.  When the command has ended, and
/// when the harness closes the lifeline, be it by dying, the supervisor ends all that is left, and
/// then itself.
struct Supervisor {
  pid_t pid = 0;
  /// Closing it ends the command: SIGTERM for its process group, so that mpirun and srun can end
  /// ranks elsewhere, then for everything, and SIGKILL for what is still there after the grace.
  Descriptor lifeline;
  /// The report, as text: the status as soon as the command has ended, the rest at the end.
  Descriptor report;
};

/// Starts `command` under a supervisor, its two streams going to `out` and `err`, with `mark` in
/// its environment (process/leftovers.hpp).  A program that cannot be started says so in `err` and
/// has the exit code 127.  `kept`: a file that the supervisor keeps open until it ends; -1: none.
/// `end_grace`: from SIGTERM to SIGKILL when its end is wanted.
/// Errors: throws Error when the operating system gives no pipe or no process.
Supervisor start_supervised(const Command& command, const std::string& mark, int out, int err,
                            int kept = -1, std::chrono::seconds end_grace = grace);

/// What was read from Supervisor::report so far; nothing as long as it lacks the status.
std::optional<SupervisorReport> parse_report(const std::string& text);

}  // namespace scalelaw::harness
