#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "common/range.hpp"
#include "drivers/comm/comm.hpp"

namespace scalelaw::driver {

/// Deals the tasks of a pass to all workers, that is the threads of all ranks, in chunks.
///
/// With chunks of 0 tasks each worker has one contiguous chunk, which is known in advance.
/// Otherwise the root counts: its own threads take the next chunk from the counter, and other ranks
/// ask for one by a message.  A rank asks for as many chunks as it has threads before it needs
/// them, so that the answer travels while it works.  The root answers whenever attend() is called.
/// (A one-sided counter needs the root's attention, too, where the network is TCP: several times
/// for each chunk.)
/// Threads: next() and attend() may be called concurrently, each thread with its own number.  Only
///          thread 0 sends and receives.
class TaskDealer {
 public:
  TaskDealer(std::int64_t tasks, std::int64_t chunk, int threads, Comm& comm);

  /// Starts a pass; call it before a barrier.
  void begin();

  /// The next chunk for a thread; empty when none is left.  Thread 0 of the root returns the empty
  /// one only when all ranks know that.
  Range next(int thread);

  /// Whether a thread is to call attend() every now and then while it works on a chunk.
  [[nodiscard]] bool needs_attention(int thread) const;
  void attend();

 private:
  /// A chunk that this rank has asked for.
  struct Request {
    std::int64_t wanted = 1;
    std::int64_t answer = 0;  ///< the chunk's number; -1: none is left
    std::unique_ptr<Transfer> sent, received;
  };
  /// A rank that asks the root.
  struct Client {
    int rank = 0;
    std::int64_t wanted = 0;  ///< 1: a chunk; 0: the rank needs no more
    std::int64_t answer = 0;
    std::unique_ptr<Transfer> asked, answered;
    bool is_open = true;
  };

  Range fixed(int thread);
  Range counted(int thread);
  [[nodiscard]] std::int64_t count();
  [[nodiscard]] Range chunk_number(std::int64_t number) const;

  bool serve();  ///< at the root; returns false when all clients have closed
  void listen(Client& client);

  Range fetched_by_thread_0();
  Range fetched_for_another();
  Range take_fetched();
  void ask();
  void take_answers();
  void take_first_answer();
  void close();

  Range all_;
  std::int64_t chunk_;
  int threads_;
  Comm& comm_;
  std::vector<char> served_;           ///< per thread: whether it has had its only chunk
  std::atomic<std::int64_t> next_{0};  ///< chunk; at the root
  std::vector<Client> clients_;        ///< at the root

  std::deque<Request> requests_;  ///< of thread 0, the oldest first
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Range> fetched_;  ///< for the threads of this rank
  bool exhausted_ = false;     ///< no more will be fetched
};

}  // namespace scalelaw::driver
