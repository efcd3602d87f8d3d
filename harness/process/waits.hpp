#pragma once

#include <chrono>

namespace scalelaw::harness {

/// From SIGTERM to SIGKILL when the harness wants an end.  mpirun itself gives its ranks a second.
inline constexpr std::chrono::seconds grace{5};
/// For the kernel to end what was killed; a process that waits for a dead disk does not end.
inline constexpr std::chrono::seconds patience{10};
/// Instead of `grace` where the command is a harness, which first ends a driver of its own, and then
/// writes down what it has.
inline constexpr std::chrono::seconds grace_of_harness = grace + patience + std::chrono::seconds(5);

}  // namespace scalelaw::harness
