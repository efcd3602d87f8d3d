#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace scalelaw::adapter {

/// A thread as /proc shows it.
struct SeenThread {
  std::string cpus = "unknown";  ///< where it may run: a Linux CPU list
  std::int64_t last_cpu = -1;
  std::int64_t busy_ns = 0;  ///< what it has computed so far
};

/// Looks at the threads of a process and of all that it has started, while they run.
class ThreadWatch {
 public:
  explicit ThreadWatch(pid_t process) : process_(process) {}

  void look();

  /// The `count` busiest threads, in the order in which they were started.  Threads that hardly
  /// computed (those of an MPI library, say) are none of a program's workers: where too few are
  /// left, the rest is unknown.
  [[nodiscard]] std::vector<SeenThread> workers(std::int64_t count) const;

 private:
  pid_t process_;
  std::map<pid_t, SeenThread> seen_;
};

/// The processes that `process` and its children have started, and itself; as many as can be seen.
std::vector<pid_t> process_tree(pid_t process);

}  // namespace scalelaw::adapter
