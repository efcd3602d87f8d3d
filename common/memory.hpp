#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace scalelaw {

/// Bytes that a new process could use without swapping: the kernel's MemAvailable, or what the
/// limits of this process's cgroup and its ancestors leave when that is less.  Nothing where the
/// system does not report it.
///
/// Page cache and reclaimable slab of a cgroup count as available, because the kernel reclaims them
/// on demand; MemAvailable counts them the same way.
/// `root`: where /proc and /sys are; for tests.
/// Source: Linux, Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst (memory.stat),
///         mm/show_mem.c (si_mem_available).
std::optional<std::int64_t> available_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace scalelaw
