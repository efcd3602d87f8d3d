#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "common/range.hpp"
#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Deals the tasks of a pass to all workers, that is the threads of all ranks, in chunks.
///
/// With chunks of 0 tasks each worker has one contiguous chunk, which is known in advance.
/// Otherwise a worker that has finished takes the next chunk from a counter.  Processes have it at
/// the root, one-sided.  Only a rank's thread 0 sends messages: it also fetches chunks for the
/// rank's other threads, one for each, before it begins a chunk of its own.
/// Threads: next() may be called concurrently, each thread with its own number.
class TaskDealer {
 public:
  TaskDealer(std::int64_t tasks, std::int64_t chunk, int threads, Comm& comm);

  /// Starts a pass.  Collective.
  void begin();

  /// The next chunk for a thread; empty when none is left.
  Range next(int thread);

 private:
  Range fixed(int thread);
  [[nodiscard]] Range chunk_number(std::int64_t number) const;
  Range for_thread_0();
  Range for_another_thread();

  Range all_;
  std::int64_t chunk_;
  int threads_;
  Comm& comm_;
  std::atomic<std::int64_t> next_{0};  ///< chunk, of a single process
  std::vector<char> served_;           ///< per thread: whether it has had its only chunk

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Range> fetched_;  ///< for threads of this rank
  bool exhausted_ = false;     ///< no more will be fetched
};

}  // namespace scalelaw::driver
