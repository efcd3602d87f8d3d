#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace scalelaw::driver {

/// Tasks that need the results of others.
struct TaskGraph {
  /// Per task the tasks that must have ended before it begins; their numbers are smaller than its
  /// own.
  std::vector<std::vector<std::int64_t>> needs;

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(needs.size()); }
};

/// The threads of one process.
class Team {
 public:
  virtual ~Team() = default;
  [[nodiscard]] virtual int size() const = 0;

  /// Calls body(thread) once on each thread, with thread in [0, size()), and waits for all.  A
  /// thread keeps its number and its core from call to call.
  /// Errors: rethrows the first exception of a body after all threads have ended.  Throws Error,
  ///         and calls no body, when there are fewer threads than size().
  virtual void run(const std::function<void(int)>& body) = 0;

  /// Calls body(task, thread) once for each task of the graph, in an order that its needs allow,
  /// several at once where the team has tasks of its own; else in the order of their numbers.
  /// Errors: as run().  After an exception no further body is called.
  virtual void run_graph(const TaskGraph& graph,
                         const std::function<void(std::int64_t, int)>& body) {
    for (std::int64_t task = 0; task < graph.size(); ++task) body(task, 0);
  }

  /// Calls body(thread) on one thread, while the others are ready for what both() starts.
  /// Errors: as run().
  virtual void run_recursion(const std::function<void(int)>& body) { body(0); }

  /// Calls left(thread) and right(thread), possibly at once, and waits for both.  Only within
  /// run_recursion(), to any depth.
  /// Errors: rethrows an exception of either after both have ended.
  virtual void both(const std::function<void(int)>& left, const std::function<void(int)>& right) {
    left(0);
    right(0);
  }
};

/// The calling thread only.
class SerialTeam final : public Team {
 public:
  [[nodiscard]] int size() const override { return 1; }
  void run(const std::function<void(int)>& body) override { body(0); }
};

/// `threads` OpenMP threads; defined if the program links OpenMP (openmp_team.cpp).
/// Errors: throws Error, naming the variable that forbids that many, when OpenMP starts fewer.
std::unique_ptr<Team> make_openmp_team(int threads);

/// The number of threads that OpenMP would use by default (OMP_NUM_THREADS, or the allowed cores),
/// limited by OMP_THREAD_LIMIT.
int default_openmp_threads();

}  // namespace scalelaw::driver
