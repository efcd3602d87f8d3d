#include "drivers/paradigms/task_dealer.hpp"

#include <algorithm>
#include <utility>

namespace scalelaw::driver {

TaskDealer::TaskDealer(std::int64_t tasks, std::int64_t chunk, int threads, Comm& comm)
    : all_{0, tasks},
      chunk_(chunk),
      threads_(threads),
      comm_(comm),
      served_(static_cast<std::size_t>(threads)),
      clients_(static_cast<std::size_t>(comm.is_root() ? comm.size() - 1 : 0)) {
  for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].rank = static_cast<int>(i) + 1;
}

void TaskDealer::begin() {
  std::fill(served_.begin(), served_.end(), char{0});
  next_ = 0;
  fetched_.clear();
  exhausted_ = false;
  if (chunk_ == 0) return;
  for (Client& client : clients_) {
    client.is_open = true;
    listen(client);
  }
}

Range TaskDealer::next(int thread) {
  if (chunk_ == 0) return fixed(thread);
  if (comm_.is_root()) return counted(thread);
  return thread == 0 ? fetched_by_thread_0() : fetched_for_another();
}

bool TaskDealer::needs_attention(int thread) const {
  if (thread != 0 || chunk_ == 0 || comm_.size() == 1) return false;
  return comm_.is_root() || threads_ > 1;
}

void TaskDealer::attend() {
  if (comm_.is_root()) {
    serve();
  } else {
    take_answers();
  }
}

Range TaskDealer::fixed(int thread) {
  char& served = served_[static_cast<std::size_t>(thread)];
  if (served != 0) return {};
  served = 1;
  const std::int64_t worker = std::int64_t{comm_.rank()} * threads_ + thread;
  return split(all_, std::int64_t{comm_.size()} * threads_, worker);
}

// --- the root --------------------------------------------------------------------------------

Range TaskDealer::counted(int thread) {
  const std::int64_t number = count();
  if (number >= 0) {
    if (thread == 0) serve();
    return chunk_number(number);
  }
  while (thread == 0 && serve()) {
  }
  return {};
}

std::int64_t TaskDealer::count() {
  const std::int64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  return number > (all_.end - 1) / chunk_ ? -1 : number;
}

Range TaskDealer::chunk_number(std::int64_t number) const {
  const std::int64_t begin = number * chunk_;
  return {begin, std::min(begin + chunk_, all_.end)};
}

void TaskDealer::listen(Client& client) {
  client.asked = comm_.receive({piece_of(client.wanted)}, client.rank);
}

bool TaskDealer::serve() {
  bool any_open = false;
  for (Client& client : clients_) {
    if (client.is_open && client.asked->test()) {
      if (client.answered) client.answered->wait();
      client.is_open = client.wanted != 0;
      if (client.is_open) {
        client.answer = count();
        client.answered = comm_.send({piece_of(client.answer)}, client.rank);
        listen(client);
      }
    }
    any_open = any_open || client.is_open;
  }
  return any_open;
}

// --- other ranks -----------------------------------------------------------------------------

void TaskDealer::ask() {
  Request& request = requests_.emplace_back();
  request.received = comm_.receive({piece_of(request.answer)}, 0);
  request.sent = comm_.send({piece_of(request.wanted)}, 0);
}

/// Waits for the oldest answer.
void TaskDealer::take_first_answer() {
  Request& first = requests_.front();
  first.received->wait();
  first.sent->wait();
  {
    const std::lock_guard lock(mutex_);
    if (first.answer < 0) {
      exhausted_ = true;
    } else {
      fetched_.push_back(chunk_number(first.answer));
    }
  }
  changed_.notify_all();
  requests_.pop_front();
}

/// Takes the answers that have arrived, and asks for more until each thread has a chunk in store.
void TaskDealer::take_answers() {
  while (!requests_.empty() && requests_.front().received->test()) take_first_answer();
  std::size_t in_store = requests_.size();
  {
    const std::lock_guard lock(mutex_);
    if (exhausted_) return;
    in_store += fetched_.size();
  }
  for (; in_store < static_cast<std::size_t>(threads_); ++in_store) ask();
}

Range TaskDealer::fetched_by_thread_0() {
  for (;;) {
    take_answers();
    const Range own = [this] {
      const std::lock_guard lock(mutex_);
      return take_fetched();
    }();
    if (!own.empty()) {
      take_answers();  // asks for another in its place
      return own;
    }
    if (!requests_.empty()) {
      take_first_answer();
    } else if (exhausted_) {
      close();
      return {};
    }
  }
}

/// Tells the root that this rank asks for nothing more.
void TaskDealer::close() {
  std::int64_t nothing = 0;
  comm_.send({piece_of(nothing)}, 0)->wait();
}

Range TaskDealer::fetched_for_another() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return exhausted_ || !fetched_.empty(); });
  return take_fetched();
}

/// A chunk in store, if there is one; the mutex is held.
Range TaskDealer::take_fetched() {
  if (fetched_.empty()) return {};
  const Range own = fetched_.front();
  fetched_.pop_front();
  return own;
}

}  // namespace scalelaw::driver
