#include "drivers/paradigms/task_dealer.hpp"

#include <algorithm>

namespace scalelaw::driver {

TaskDealer::TaskDealer(std::int64_t tasks, std::int64_t chunk, int threads, Comm& comm)
    : all_{0, tasks},
      chunk_(chunk),
      threads_(threads),
      comm_(comm),
      served_(static_cast<std::size_t>(threads)) {}

void TaskDealer::begin() {
  std::fill(served_.begin(), served_.end(), char{0});
  next_ = 0;
  fetched_.clear();
  exhausted_ = false;
  if (chunk_ > 0 && comm_.size() > 1) comm_.reset_counter();
}

Range TaskDealer::next(int thread) {
  if (chunk_ == 0) return fixed(thread);
  if (comm_.size() == 1) return chunk_number(next_.fetch_add(1, std::memory_order_relaxed));
  if (threads_ == 1) return chunk_number(comm_.fetch_add(1));
  return thread == 0 ? for_thread_0() : for_another_thread();
}

Range TaskDealer::fixed(int thread) {
  char& served = served_[static_cast<std::size_t>(thread)];
  if (served != 0) return {};
  served = 1;
  const std::int64_t worker = std::int64_t{comm_.rank()} * threads_ + thread;
  return split(all_, std::int64_t{comm_.size()} * threads_, worker);
}

Range TaskDealer::chunk_number(std::int64_t number) const {
  if (number > (all_.end - 1) / chunk_) return {};
  const std::int64_t begin = number * chunk_;
  return {begin, std::min(begin + chunk_, all_.end)};
}

Range TaskDealer::for_thread_0() {
  std::unique_lock lock(mutex_);
  while (!exhausted_ && fetched_.size() < static_cast<std::size_t>(threads_)) {
    lock.unlock();
    const Range more = chunk_number(comm_.fetch_add(1));
    lock.lock();
    exhausted_ = more.empty();
    if (!exhausted_) fetched_.push_back(more);
    changed_.notify_all();
  }
  if (fetched_.empty()) return {};
  const Range own = fetched_.front();
  fetched_.pop_front();
  return own;
}

Range TaskDealer::for_another_thread() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return exhausted_ || !fetched_.empty(); });
  if (fetched_.empty()) return {};
  const Range own = fetched_.front();
  fetched_.pop_front();
  return own;
}

}  // namespace scalelaw::driver
