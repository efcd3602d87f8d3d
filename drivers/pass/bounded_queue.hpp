#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace scalelaw::driver {

/// Values that one stage of a pipeline passes to the next, at most `capacity` at a time.
/// Threads: all functions may be called from any thread.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room.  Returns false and drops `value` if the queue has been cancelled.
  bool push(T value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return cancelled_ || waiting_.size() < capacity_; });
    if (cancelled_) return false;
    waiting_.push_back(std::move(value));
    lock.unlock();
    arrived_.notify_one();
    return true;
  }

  /// Waits for the next value; returns nothing once the queue is closed and empty, or cancelled.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return cancelled_ || closed_ || !waiting_.empty(); });
    if (cancelled_ || waiting_.empty()) return std::nullopt;
    std::optional<T> out(std::move(waiting_.front()));
    waiting_.pop_front();
    lock.unlock();
    room_.notify_one();
    return out;
  }

  /// Announces that no value follows.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

  /// Ends all waiting on both sides and discards the queue's contents.
  void cancel() {
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    arrived_.notify_all();
    room_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable arrived_;
  std::deque<T> waiting_;
  std::size_t capacity_;
  bool closed_ = false;
  bool cancelled_ = false;
};

}  // namespace scalelaw::driver
