#include "common/memory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace scalelaw {
namespace {

std::optional<std::int64_t> read_number(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::int64_t value = 0;
  if (in >> value) return value;
  return std::nullopt;  // missing, or "max"
}

/// MemAvailable of /proc/meminfo, which counts kibibytes.
std::optional<std::int64_t> mem_available() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    std::int64_t kib = 0;
    if (words >> key >> kib && key == "MemAvailable:") return kib * 1024;
  }
  return std::nullopt;
}

/// What one cgroup folder still allows; nothing when it sets no limit.  Version 2 names first.
std::optional<std::int64_t> left_in(const std::filesystem::path& group) {
  const auto limit = read_number(group / "memory.max");
  if (limit) return *limit - read_number(group / "memory.current").value_or(0);
  const auto limit_v1 = read_number(group / "memory.limit_in_bytes");
  if (limit_v1) return *limit_v1 - read_number(group / "memory.usage_in_bytes").value_or(0);
  return std::nullopt;
}

/// The tightest of this process's cgroup and all those above it.
std::optional<std::int64_t> cgroup_left() {
  std::optional<std::int64_t> least;
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && controllers.find("memory") == std::string::npos) continue;
    const std::filesystem::path root =
        controllers.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    std::filesystem::path group =
        root / std::filesystem::path(line.substr(second + 1)).relative_path();
    while (true) {
      if (const auto left = left_in(group)) least = std::min(least.value_or(*left), *left);
      if (group == root || !group.has_relative_path() || group == group.parent_path()) break;
      group = group.parent_path();
    }
  }
  return least;
}

}  // namespace

std::optional<std::int64_t> available_memory_bytes() {
  std::optional<std::int64_t> available = mem_available();
  const std::optional<std::int64_t> left = cgroup_left();
  if (available && left) return std::max<std::int64_t>(0, std::min(*available, *left));
  return available ? available : left;
}

}  // namespace scalelaw
