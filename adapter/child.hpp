#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/thread_watch.hpp"

namespace scalelaw::adapter {

/// A command to start.
struct Invocation {
  std::vector<std::string> argv;
  std::map<std::string, std::string> env{};  ///< added to this program's own
  std::string folder{};                      ///< where it runs; empty: here

  /// As a person would type it.
  [[nodiscard]] std::string text() const;
};

/// What a process took; NaN and -1: unknown.
struct ProcessUse {
  double wall_s = std::numeric_limits<double>::quiet_NaN();
  double user_s = std::numeric_limits<double>::quiet_NaN();
  double system_s = std::numeric_limits<double>::quiet_NaN();
  std::int64_t peak_bytes = -1;
};

/// How a command ended.
struct ChildEnd {
  pid_t pid = 0;
  int status = 0;  ///< as waitpid() gives it
  ProcessUse use;
  std::vector<SeenThread> threads{};  ///< its workers
  std::string last_words;             ///< the end of its output

  /// Why it is no success: "ended with exit code 1: LAST LINE"; empty when it is one.
  [[nodiscard]] std::string fault() const;
};

/// Runs a command to its end and passes its output on, each line also to `take_line`.  Looks at its
/// threads meanwhile, of which `workers` are workers.
/// When this program is asked to end (asked_to_end()), it ends the command and all that it has
/// started within three seconds.
/// Errors: throws Error when it cannot be started.
ChildEnd run_child(const Invocation& what, std::int64_t workers,
                   const std::function<void(std::string_view line)>& take_line);

/// Lets SIGTERM and SIGINT end the commands first.  Call it once, at the start.
void catch_end_signals();

/// The signal that asked this program to end; 0: none did.
int asked_to_end();

/// Errors: throws Error when a program cannot be found, or not be executed.
void require_program(const Invocation& what);

}  // namespace scalelaw::adapter
