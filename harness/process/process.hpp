#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/process/command.hpp"
#include "harness/process/outcome.hpp"
#include "harness/process/waits.hpp"

namespace scalelaw::harness {

/// The last `capacity` bytes of a stream, beginning at a line's start when something was dropped.
class LogTail {
 public:
  explicit LogTail(std::size_t capacity = std::size_t{64} * 1024) : capacity_(capacity) {}
  void append(std::string_view bytes);
  [[nodiscard]] std::string text() const;

 private:
  std::size_t capacity_;
  std::string kept_;
  bool dropped_ = false;
};

/// Runs `command` under a supervisor (process/supervisor.hpp) until it ends, `timeout_s` have
/// passed (0 or infinity: never), or the harness is asked to stop; then its process group gets
/// SIGTERM, and after a grace of some seconds SIGKILL.  Nothing that it started is left when this
/// returns, not even daemons; nor when the harness dies meanwhile.  `folder` marks all that is
/// started, for end_leftovers(). A program that cannot be started is an outcome too: exit code 127
/// and the reason in the log.
/// Errors: throws Error only when the operating system gives no pipe or no process.
/// Threads: call from one thread.
Outcome run_process(const Command& command, double timeout_s, const std::string& folder = {});

/// Runs `command` likewise, without a limit, its output going to the file `log`.  The supervisor
/// keeps `kept` open until nothing of the command is left, even when the harness dies: a lock on it
/// is held for as long.  `end_grace`: from SIGTERM to SIGKILL when the harness is asked to stop.
Outcome run_logged(const Command& command, int log, int kept,
                   std::chrono::seconds end_grace = grace);

/// What a short command printed.
struct Printed {
  int exit_code = 0;
  bool timed_out = false;
  std::string out;  ///< standard output, whole
  std::string err;  ///< standard error, its tail
};

/// Runs a short command and keeps its output, each stream separately.  Otherwise as run_process.
Printed read_process(const Command& command, double timeout_s);

}  // namespace scalelaw::harness
