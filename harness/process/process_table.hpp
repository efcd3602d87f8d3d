#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// A process as /proc lists it.
struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';               ///< 'Z': it has ended, and waits to be collected
  std::uint64_t start_ticks = 0;  ///< since the machine started; distinguishes a reused number
  std::string name;               ///< of the program, at most 15 bytes; nothing unprintable

  /// As messages name it: "sleep (process 123)".
  [[nodiscard]] std::string text() const;
};

/// The line of /proc/PID/stat, read.  An entry of process 0 when it is not such a line.
ProcessEntry parse_process(const std::string& stat);

/// All processes that this one can see; none where there is no /proc.
std::vector<ProcessEntry> all_processes();

/// The processes below `ancestor`, without it and without those that have ended.
std::vector<ProcessEntry> processes_below(pid_t ancestor);

/// When `pid` started, in ticks since the machine did; 0: there is no such process.
std::uint64_t start_ticks(pid_t pid);

/// The value of a variable in the environment that `pid` was started with; empty when it has none,
/// or belongs to another user.
std::string environment_of(pid_t pid, const std::string& variable);

}  // namespace scalelaw::harness
