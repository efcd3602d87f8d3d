#pragma once

#include <string>
#include <string_view>

#include "harness/launch/launcher.hpp"

namespace scalelaw {

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

/// Runs `command` in a process group of its own until it ends, `timeout_s` have passed (0: never),
/// or the harness is asked to stop; then the whole group and all its descendants get SIGTERM and,
/// after a grace of some seconds, SIGKILL.
/// A program that cannot be started is an outcome too: exit code 127 and the reason in the log.
/// Errors:  throws Error only when the operating system gives no pipe or no process.
/// Threads: call from one thread.
Outcome run_process(const Command& command, double timeout_s);

/// What a short command printed.
struct Printed {
  int exit_code = 0;
  bool timed_out = false;
  std::string out;  ///< standard output, whole
  std::string err;  ///< standard error, its tail
};

/// Runs a short command and keeps what it prints, its two streams apart.  Otherwise as run_process.
Printed read_process(const Command& command, double timeout_s);

}  // namespace scalelaw
