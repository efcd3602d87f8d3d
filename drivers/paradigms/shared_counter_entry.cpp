#include "drivers/paradigms/shared_counter_entry.hpp"

#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "drivers/paradigms/discard.hpp"
#include "drivers/paradigms/entry.hpp"
#include "kernels/numerics/chain.hpp"
#include "paradigms/shared_counter.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::SharedCounter;
using paradigms::Update;

/// Counts on one counter.  That of several ranks lies at the root, and they reach it one-sided.
/// Threads of such a rank count on a counter of the rank, which adds it to that of the root in the
/// same way, because a single thread of a rank calls its Comm.
class SharedCounterPass {
 public:
  SharedCounterPass(const SharedCounter& params, Team& team, Comm& comm)
      : params_(params),
        team_(team),
        comm_(comm),
        mine_(split({0, params.increments}, comm.size(), comm.rank())),
        workers_(static_cast<std::size_t>(team.size())) {}

  void connect() {
    if (comm_.size() > 1 && params_.update != Update::reduction) root_ = &comm_.shared_number();
  }

  PassTimes operator()(bool diagnostic) {
    shared_.count = 0;
    arrived_ = 0;
    for (Worker& worker : workers_) worker.count = 0;
    if (root_ != nullptr) root_->open(access());
    comm_.barrier();
    const double start_s = comm_.now_s();
    team_.run([this](int thread) { work(thread); });
    count_ = shared_.count;
    for (const Worker& worker : workers_) count_ += worker.count;
    if (root_ != nullptr && !is_far() && count_ > 0) increment_root(count_);
    PassTimes times;
    end_items(times, comm_, start_s, diagnostic);
    const double done_s = start_s + times.computed_s;
    const double joined_s = comm_.now_s();
    combine();
    const double end_s = comm_.now_s();
    times.phases_s = {done_s - start_s, end_s - joined_s};
    times.total_s = end_s - start_s;
    times.items = mine_.size();
    for (const Worker& worker : workers_) times.busy_s.push_back(worker.busy_s);
    return times;
  }

  [[nodiscard]] std::vector<Fact> facts() const { return facts_of(params_, count_); }
  [[nodiscard]] std::string verify() const {
    return fault_of(params_, count_, team_.size() * comm_.size());
  }

  static std::vector<Phase> phases() {
    return {{"count", Role::parallel}, {"combine", Role::transfer}};
  }
  static PassNature nature(const SharedCounter&) { return {}; }
  static Agreement agreement(const SharedCounter& params) {
    return params.update == Update::race ? Agreement::sample : Agreement::placements;
  }
  static std::vector<Error> faults(const SharedCounter&) { return {}; }

 private:
  /// The counter of a rank's threads.  Only the loads and stores of a race are atomic, so that it
  /// is defined what they do; an increment is both, and another thread's may come between them.
  struct alignas(128) Shared {
    std::atomic<std::int64_t> count{0};
    std::mutex mutex;
  };
  /// A thread's own state; aligned so that no two share a cache line.
  struct alignas(128) Worker {
    std::atomic<std::int64_t> count{0};
    double busy_s = 0;
  };

  static void read_and_write(std::atomic<std::int64_t>& count) {
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  /// Whether each increment goes to the counter of the root.
  [[nodiscard]] bool is_far() const { return root_ != nullptr && team_.size() == 1; }
  [[nodiscard]] Access access() const {
    return params_.update == Update::lock ? Access::in_turn : Access::together;
  }

  /// Adds to the counter of the root in the way that the parameters say.
  void increment_root(std::int64_t amount) {
    if (params_.update == Update::atomic) {
      root_->add(amount);
      return;
    }
    if (params_.update == Update::lock) root_->lock();
    root_->write(root_->read() + amount);
    if (params_.update == Update::lock) root_->unlock();
  }

  /// Sets the root's count to that of all ranks.
  void combine() {
    if (root_ != nullptr) {
      count_ = root_->close();
    } else if (comm_.size() > 1) {
      comm_.allreduce(&count_, sizeof count_, &add_counts);
    }
  }

  void work(int thread) {
    Worker& mine = workers_[static_cast<std::size_t>(thread)];
    const std::int64_t increments = split(mine_, team_.size(), thread).size();
    wait_for_the_others();
    const double begin_s = comm_.now_s();
    if (is_far()) {
      repeat(increments, [this] { increment_root(1); });
    } else {
      count_here(mine, increments);
    }
    mine.busy_s = comm_.now_s() - begin_s;
  }

  void count_here(Worker& mine, std::int64_t increments) {
    switch (params_.update) {
      case Update::race:
        repeat(increments, [this] { read_and_write(shared_.count); });
        break;
      case Update::lock:
        repeat(increments, [this] {
          const std::lock_guard lock(shared_.mutex);
          read_and_write(shared_.count);
        });
        break;
      case Update::atomic:
        repeat(increments, [this] { shared_.count.fetch_add(1, std::memory_order_relaxed); });
        break;
      case Update::reduction:
        repeat(increments, [&mine] { read_and_write(mine.count); });
        break;
    }
  }

  /// Lets the threads of the team begin together, or a short race is over before it has a second
  /// runner.
  void wait_for_the_others() {
    ++arrived_;
    while (arrived_ < team_.size()) std::this_thread::yield();
  }

  /// Calls `increment` so often, each time after other work.
  template <class F>
  void repeat(std::int64_t times, F&& increment) {
    std::uint64_t other = 1;
    for (; times > 0; --times) {
      other = Chain::walk(other, params_.steps);
      increment();
    }
    discard(other);
  }

  static void add_counts(void* into, const void* from) {
    std::int64_t sum = 0, more = 0;
    std::memcpy(&sum, into, sizeof sum);
    std::memcpy(&more, from, sizeof more);
    sum += more;
    std::memcpy(into, &sum, sizeof sum);
  }

  SharedCounter params_;
  Team& team_;
  Comm& comm_;
  Range mine_;  ///< increments of this rank
  Shared shared_;
  std::vector<Worker> workers_;
  std::atomic<int> arrived_{0};   ///< threads that are ready
  SharedNumber* root_ = nullptr;  ///< the counter of several ranks; null: there is none
  std::int64_t count_ = 0;
};

}  // namespace

KernelEntry shared_counter_entry() {
  return paradigm_entry<SharedCounter, SharedCounterPass>();
}

}  // namespace scalelaw::driver
