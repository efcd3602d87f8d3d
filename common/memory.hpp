#pragma once

#include <cstdint>
#include <optional>

namespace scalelaw {

/// Bytes that a new process could use without swapping: the kernel's MemAvailable, or what is left
/// under this process's cgroup limits when that is less.  Nothing where the system does not tell.
std::optional<std::int64_t> available_memory_bytes();

}  // namespace scalelaw
