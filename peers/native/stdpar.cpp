// scalelaw-peer-stdpar: std::transform_reduce(par_unseq), on the threads of oneTBB.
#include <fmt/format.h>
#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <barrier>
#include <cstdint>
#include <exception>
#include <execution>
#include <functional>
#include <mutex>
#include <numeric>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "drivers/cli/bind_kernel.hpp"
#include "drivers/cli/driver_main.hpp"
#include "peers/native/peer_dot.hpp"

namespace scalelaw::driver {
namespace {

/// The processors that this process may use.
std::vector<int> allowed_processors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  sched_getaffinity(0, sizeof mask, &mask);
  std::vector<int> out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) out.push_back(cpu);
  }
  return out;
}

void bind_to(int processor) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(processor, &mask);
  sched_setaffinity(0, sizeof mask, &mask);
}

/// Binds each thread of an arena to a processor of its own, as OpenMP does for the other drivers.
class Binder final : public tbb::task_scheduler_observer {
 public:
  Binder(tbb::task_arena& arena, const std::vector<int>& processors)
      : tbb::task_scheduler_observer(arena), processors_(processors) {
    observe(true);
  }
  ~Binder() override { observe(false); }

  void on_scheduler_entry(bool) override {
    const auto place = static_cast<std::size_t>(tbb::this_task_arena::current_thread_index());
    bind_to(processors_[place % processors_.size()]);
  }

 private:
  const std::vector<int>& processors_;
};

/// Thread 0 works in an arena, whose own threads share what it starts in parallel.  The others
/// exist for the record and sleep in the meantime.  (They are not the arena's: oneTBB 2021
/// guarantees no thread to a task, and about once in a hundred launches it wakes none, so a body
/// that waits for another thread's body would wait forever.)
class ArenaTeam final : public Team {
 public:
  /// Errors: throws Error when that many threads are not possible.
  explicit ArenaTeam(int threads)
      : threads_(threads),
        most_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        arena_(threads),
        binder_(arena_, processors_),
        turn_(threads) {
    const auto allowed =
        tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    if (const int most = std::min(static_cast<int>(allowed), arena_.max_concurrency());
        most < threads) {
      throw Error(fmt::format("oneTBB allows {} threads, not the {} requested", most, threads),
                  fmt::format("use --threads {}", most));
    }
    start_others();
  }
  ~ArenaTeam() override {
    body_ = nullptr;
    turn_.arrive_and_wait();
  }
  ArenaTeam(const ArenaTeam&) = delete;
  ArenaTeam& operator=(const ArenaTeam&) = delete;

  [[nodiscard]] int size() const override { return threads_; }

  void run(const std::function<void(int)>& body) override {
    body_ = &body;
    turn_.arrive_and_wait();
    arena_.execute([this] { attempt(0); });
    turn_.arrive_and_wait();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void serve(int thread) {
    bind_to(processors_[static_cast<std::size_t>(thread) % processors_.size()]);
    for (;;) {
      turn_.arrive_and_wait();
      if (body_ == nullptr) return;
      attempt(thread);
      turn_.arrive_and_wait();
    }
  }

  void attempt(int thread) {
    try {
      (*body_)(thread);
    } catch (...) {
      const std::scoped_lock lock(failing_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void start_others() {
    try {
      for (int i = 1; i < threads_; ++i) others_.emplace_back([this, i] { serve(i); });
    } catch (const std::system_error& error) {
      const int started = static_cast<int>(others_.size()) + 1;
      for (int missing = threads_ - started; missing > 0; --missing) turn_.arrive_and_drop();
      turn_.arrive_and_wait();  // threads that have started find no body and end
      throw Error(fmt::format("the system started {} threads, not the {} requested: {}", started,
                              threads_, error.code().message()),
                  fmt::format("raise the limit (ulimit -u), or use --threads {}", started));
    }
  }

  int threads_;
  const std::vector<int> processors_ = allowed_processors();
  tbb::global_control most_;  ///< by default oneTBB starts no more threads than there are cores
  tbb::task_arena arena_;
  Binder binder_;
  std::barrier<> turn_;
  const std::function<void(int)>* body_ = nullptr;  ///< null: the threads must end
  std::mutex failing_;
  std::exception_ptr failure_;
  std::vector<std::jthread> others_;
};

/// Sums in the elements' type, the usual way to call it.
struct StandardLibrary {
  static constexpr std::string_view name = "the standard library";
  static constexpr std::string_view dot_summary =
      "dot product by one call of std::transform_reduce(par_unseq)";

  template <class T>
  static T dot(const T* x, const T* y, std::int64_t n) {
    return std::transform_reduce(std::execution::par_unseq, x, x + n, y, T{}, std::plus<>{},
                                 std::multiplies<>{});
  }
};

/// One item for the whole vector: a single call shares it among the threads.
struct OneCall : PeerDot<StandardLibrary> {
  static std::int64_t items(const Params&) { return 1; }
  static Work work(const Params& params) {
    Work work = DotProduct::work(params);
    work.items = 1;
    return work;
  }
  static Range blocks(const Params& params, Range range) {
    return {0, range.empty() ? 0 : DotProduct::items(params)};
  }
  static Storage allocate(const Params& params, Range range) {
    return DotProduct::allocate(params, blocks(params, range));
  }
  static void fill(const Params& params, Storage& storage, Range range) {
    const Range all = blocks(params, range);
    const int parts = tbb::this_task_arena::max_concurrency();
    tbb::parallel_for(0, parts, [&](int part) {
      const Range own = split(all, parts, part);
      if (!own.empty()) DotProduct::fill(params, storage, own);
    });
  }
  static std::vector<Piece> pieces(const Params& params, Storage& storage, Range range) {
    return DotProduct::pieces(params, storage, blocks(params, range));
  }
  /// Does not include the sum: the library divides the vectors differently in each call, so the
  /// last bits of an f32 sum differ.  Each sum is checked against the bound instead of the
  /// first sum.
  static std::vector<Fact> facts(const Params& params, const Result& result) {
    const std::string fault = verify(params, result);
    return {{"within_bound", fault.empty() ? "true" : fault}};
  }
  static void compute(const Params& params, const Shared& shared, const Storage& storage,
                      Range range, Workspace& workspace, Partial& partial) {
    PeerDot::compute(params, shared, storage, blocks(params, range), workspace, partial);
  }
};

}  // namespace
}  // namespace scalelaw::driver

int main(int argc, char** argv) {
  using namespace scalelaw::driver;
  // A campaign sees threads of one process.
  const ExecutionModel model{
      .is = {.name = "openmp", .title = "OpenMP", .threaded = true},
      .make_team = [](int threads) { return std::make_unique<ArenaTeam>(threads); },
      .make_comm = make_self_comm,
      .default_threads = [] { return tbb::info::default_concurrency(); }};
  return driver_main(argc, argv, "stdpar", model, kernel_entries<std::tuple<OneCall>>);
}
