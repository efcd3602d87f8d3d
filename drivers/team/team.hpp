#pragma once

#include <functional>
#include <memory>

namespace scalelaw::driver {

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
