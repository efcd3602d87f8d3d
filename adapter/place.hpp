#pragma once

#include <cstdint>
#include <string>

namespace scalelaw::adapter {

/// Where this process stands among those of its launch.
struct Place {
  std::int64_t rank = 0;
  std::int64_t ranks = 1;
  std::int64_t nodes = 1;
  /// Names the launch: equal in all its processes, and different in every other launch.
  std::string launch;

  [[nodiscard]] bool is_root() const { return rank == 0; }
};

/// What mpirun or srun say in the environment; one process alone where neither does.
/// Errors: throws Error for variables that are no numbers.
Place find_place();

}  // namespace scalelaw::adapter
