#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/paradigms/uncached_file.hpp"
#include "paradigms/task_batch.hpp"

namespace scalelaw::driver {

/// Where a server listens.
struct ServerPlace {
  std::vector<std::string> addresses;  ///< IPv4, any of which may be the one that a client reaches
  int port = 0;
  std::uint64_t token = 0;  ///< what a client must know
};

/// A process that answers requests for words of the working set by TCP.  It serves all connections
/// in turn, and waits `latency_us` before each answer.  It ends with the process that started it.
class WordServer {
 public:
  /// `only_here`: no other host needs to reach it, so it listens on the loopback alone.
  /// Errors: throws Error when there is no port or no process.
  WordServer(const paradigms::TaskBatch& params, bool only_here);
  WordServer(const WordServer&) = delete;
  WordServer& operator=(const WordServer&) = delete;
  ~WordServer();

  [[nodiscard]] const ServerPlace& place() const { return place_; }

 private:
  ServerPlace place_;
  Descriptor lifeline_;  ///< the server ends when this is closed
  pid_t process_ = -1;
};

/// Serves until `lifeline` is closed at its other end.  (What the process does.)
void serve_words(int listener, int lifeline, const paradigms::TaskBatch& params,
                 std::uint64_t token);

}  // namespace scalelaw::driver
