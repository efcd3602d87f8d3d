#pragma once

#include <string>

#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// The environment that places an OpenMP team: one thread per core, on neighbouring cores first.
/// No binding when the cores are oversubscribed.
std::map<std::string, std::string> openmp_environment(std::int64_t threads, bool oversubscribe);

/// Starts the driver as a child of the harness: one process, no MPI start-up.
class DirectLauncher : public Launcher {
 public:
  /// `first_core`: Linux CPU list of the core that a driver without threads is bound to.
  explicit DirectLauncher(std::string first_core) : first_core_(std::move(first_core)) {}

  /// Errors: throws Error when the job needs more than one rank.
  [[nodiscard]] Command command(const Job& job) const override;
  Outcome run(const Job& job) override;

 private:
  std::string first_core_;
};

}  // namespace scalelaw::harness
