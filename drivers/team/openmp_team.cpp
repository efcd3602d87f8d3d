#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "common/error.hpp"
#include "drivers/team/team.hpp"

namespace scalelaw::driver {
namespace {

/// An environment variable with which a user limits OpenMP's threads, and how it does so.
struct Bound {
  const char* variable;
  bool (*holds)(const char* value, int threads);
};

bool is_below(const char* value, int threads) {
  return std::atoll(value) < threads;
}
bool is_zero(const char* value, int) {
  return std::atoll(value) == 0;
}
bool is_on(const char*, int) {
  return omp_get_dynamic() != 0;
}

constexpr std::array bounds{
    Bound{"OMP_THREAD_LIMIT", is_below},     Bound{"KMP_DEVICE_THREAD_LIMIT", is_below},
    Bound{"KMP_ALL_THREADS", is_below},      Bound{"KMP_MAX_THREADS", is_below},
    Bound{"OMP_MAX_ACTIVE_LEVELS", is_zero}, Bound{"OMP_DYNAMIC", is_on},
};

/// The remedy; names the variable that is set such that it forbids `threads`, if there is one.
std::string remedy(int threads, int came) {
  for (const Bound& bound : bounds) {
    const char* const value = std::getenv(bound.variable);
    if (value == nullptr || !bound.holds(value, threads)) continue;
    return fmt::format("{}={} allows no more: unset it, or use --threads {}", bound.variable, value,
                       came);
  }
  return fmt::format("the system or the OpenMP library allows no more: use --threads {}", came);
}

/// The first exception of bodies that run at once.
class Failure {
 public:
  /// Calls `body`, and keeps its exception if it is the first.
  template <class F>
  void guard(F&& body) {
    try {
      body();
    } catch (...) {
#pragma omp critical(scalelaw_team_failure)
      if (!first_) first_ = std::current_exception();
      failed_ = true;
    }
  }

  /// Calls `body` unless another has failed.
  template <class F>
  void guard_unless_failed(F&& body) {
    if (!failed_) guard(std::forward<F>(body));
  }

  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::atomic<bool> failed_{false};
  std::exception_ptr first_;
};

/// The OpenMP specification permits a team smaller than requested, and every call creates a new
/// one.  Work assigned to missing threads would not be done, so each call checks the number.
/// One thread needs no team: making and ending one takes as long as a dot product of 1000 elements.
class OpenmpTeam final : public Team {
 public:
  explicit OpenmpTeam(int threads) : threads_(threads) {
    omp_set_dynamic(0);
    run_team([](int) {});  // even of one: OpenMP binds its thread
  }

  [[nodiscard]] int size() const override { return threads_; }

  void run(const std::function<void(int)>& body) override {
    if (threads_ == 1) return body(0);
    run_team(body);
  }

  void run_graph(const TaskGraph& graph,
                 const std::function<void(std::int64_t, int)>& body) override {
    if (threads_ == 1) return Team::run_graph(graph, body);
    std::vector<char> of_tasks(graph.needs.size());  // what the dependences name
    Failure failure;
    run_team([&](int thread) {
      if (thread == 0) start_tasks(graph, body, of_tasks.data(), failure);
    });  // whose end waits for all tasks
    failure.rethrow();
  }

  void run_recursion(const std::function<void(int)>& body) override {
    run([&](int thread) {
      if (thread == 0) body(thread);
    });
  }

  void both(const std::function<void(int)>& left, const std::function<void(int)>& right) override {
    if (threads_ == 1) return both_in_turn(left, right);
    Failure failure;
#pragma omp task default(none) shared(left, failure)
    failure.guard([&] { left(omp_get_thread_num()); });
    failure.guard([&] { right(omp_get_thread_num()); });
#pragma omp taskwait
    failure.rethrow();
  }

 private:
  static void both_in_turn(const std::function<void(int)>& left,
                           const std::function<void(int)>& right) {
    Failure failure;
    failure.guard([&] { left(0); });
    failure.guard([&] { right(0); });
    failure.rethrow();
  }

  void run_team(const std::function<void(int)>& body) {
    Failure failure;
    int came = 0;
#pragma omp parallel num_threads(threads_)
    {
      const int size = omp_get_num_threads();
      if (omp_get_thread_num() == 0) came = size;
      if (size == threads_) failure.guard([&] { body(omp_get_thread_num()); });
    }
    failure.rethrow();
    if (came != threads_) {
      throw Error(fmt::format("OpenMP started {} thread{}, not the {} requested", came,
                              came == 1 ? "" : "s", threads_),
                  remedy(threads_, came));
    }
  }

  static void start_tasks(const TaskGraph& graph,
                          const std::function<void(std::int64_t, int)>& body,
                          [[maybe_unused]] char* of_tasks, Failure& failure) {
    for (std::int64_t task = 0; task < graph.size(); ++task) {
      const std::vector<std::int64_t>& needs = graph.needs[static_cast<std::size_t>(task)];
      const std::int64_t* const need = needs.data();
      const auto count = static_cast<std::int64_t>(needs.size());
      // clang-format off
#pragma omp task default(none) firstprivate(task) shared(body, failure) \
    depend(iterator(std::int64_t i = 0 : count), in : of_tasks[need[i]]) depend(out : of_tasks[task])
      // clang-format on
      failure.guard_unless_failed([&] { body(task, omp_get_thread_num()); });
    }
  }

  int threads_;
};

}  // namespace

std::unique_ptr<Team> make_openmp_team(int threads) {
  return std::make_unique<OpenmpTeam>(threads);
}

int default_openmp_threads() {
  if (omp_get_max_active_levels() == 0) return 1;
  return std::min(omp_get_max_threads(), omp_get_thread_limit());
}

}  // namespace scalelaw::driver
