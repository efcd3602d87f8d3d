#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/results.hpp"

namespace scalelaw {

/// One start of a driver: what to run and where.
struct Job {
  std::vector<std::string> driver;  ///< program and its arguments, without the --report option
  Placement placement;
  Model model = Model::serial;
  std::string report;                              ///< the file that rank 0 writes
  std::map<std::string, std::string> environment;  ///< beside the harness's own
  bool oversubscribe = false;
  std::int64_t samples = 0;  ///< timed ones that the driver is asked for; 0: unknown
  double timeout_s = 0;      ///< 0: none
  Scaling scaling = Scaling::strong;
  double work = 1;  ///< of a weak point, relative to its series' one worker; 1 in a strong series
};

/// How a process group ended.
struct Outcome {
  int exit_code = 0;  ///< 128 + n for signal n
  bool timed_out = false;
  bool interrupted = false;  ///< the harness was asked to stop, and ended it (launch/interrupt.hpp)
  double wall_s = 0;
  std::string log;  ///< stdout and stderr together; the last 64 KiB
  std::string via;  ///< what started the ranks: "mpirun", "srun"; empty: the harness itself
  Cause cause = Cause::none;   ///< of a failure whose cause the launcher itself has found
  bool out_of_memory = false;  ///< meanwhile the kernel ended a process for want of memory
  /// Processes that the driver left running when it ended, e.g. "sleep (process 123)"; they were
  /// ended, since they would disturb what is measured next.
  std::vector<std::string> left_behind;
};

/// A command to execute: argv, never a shell's text, and the environment added to the harness's
/// own.
struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string cpus;  ///< Linux CPU list that the process is bound to; empty: left as it is
};

/// The command as a person would type it in a POSIX shell, everything quoted that needs it.
std::string to_string(const Command& command);

/// Starting N ranks somewhere.  `command` is pure, and has golden tests.
class Launcher {
 public:
  virtual ~Launcher() = default;
  [[nodiscard]] virtual Command command(const Job& job) const = 0;
  virtual Outcome run(const Job& job) = 0;
};

}  // namespace scalelaw
