#include "common/memory.hpp"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

/// The number in a file; nothing when the file is missing or holds "max" or anything else.
std::optional<std::int64_t> read_number(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t value = 0;
  if (in >> value && value >= 0) return value;
  return std::nullopt;
}

/// The sum of the numbers after `keys` in a file of lines "KEY NUMBER ..."; 0 when there are none.
std::int64_t sum_of(const fs::path& file, std::initializer_list<std::string_view> keys) {
  std::ifstream in(file);
  std::int64_t sum = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    std::int64_t value = 0;
    const bool wanted = words >> key >> value && value > 0 &&
                        std::find(keys.begin(), keys.end(), key) != keys.end();
    if (wanted) sum += value;
  }
  return sum;
}

/// The names that one version of cgroups uses for the totals of a group and its descendants.
struct Version {
  const char* limit;
  const char* usage;
  std::initializer_list<std::string_view> reclaimable;  ///< keys of memory.stat
};

/// Bytes still available under the limit of one group; nothing when it sets no limit.
std::optional<std::int64_t> left_in(const fs::path& group, const Version& version) {
  const auto limit = read_number(group / version.limit);
  if (!limit) return std::nullopt;
  const std::int64_t used = read_number(group / version.usage).value_or(0);
  const std::int64_t reclaimable = sum_of(group / "memory.stat", version.reclaimable);
  return *limit - std::max<std::int64_t>(0, used - reclaimable);
}

/// The smallest left_in() of `group` and its ancestors up to `top`.
std::optional<std::int64_t> least_left(const fs::path& top, fs::path group,
                                       const Version& version) {
  std::optional<std::int64_t> least;
  while (true) {
    if (const auto left = left_in(group, version)) least = std::min(least.value_or(*left), *left);
    if (group == top || group == group.parent_path()) return least;
    group = group.parent_path();
  }
}

/// One line of /proc/self/cgroup: "4:memory:/path" in version 1, "0::/path" in version 2.
std::optional<std::int64_t> left_by_line(const std::string& line, const fs::path& root) {
  const Version v1{"memory.limit_in_bytes",
                   "memory.usage_in_bytes",
                   {"total_inactive_file", "total_active_file"}};
  const Version v2{
      "memory.max", "memory.current", {"inactive_file", "active_file", "slab_reclaimable"}};
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return std::nullopt;
  const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
  fs::path below = fs::path(line.substr(second + 1)).relative_path();
  if (!below.empty() && *below.begin() == "..") below.clear();  // not visible to this process
  const fs::path cgroups = root / "sys/fs/cgroup";
  if (controllers == ",,") return least_left(cgroups, (cgroups / below).lexically_normal(), v2);
  if (controllers.find(",memory,") == std::string::npos) return std::nullopt;
  const fs::path top = cgroups / "memory";
  return least_left(top, (top / below).lexically_normal(), v1);
}

std::optional<std::int64_t> cgroup_left(const fs::path& root) {
  std::optional<std::int64_t> least;
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (const auto left = left_by_line(line, root)) least = std::min(least.value_or(*left), *left);
  }
  return least;
}

}  // namespace

std::optional<std::int64_t> available_memory_bytes(const fs::path& root) {
  const std::int64_t free_kib = sum_of(root / "proc/meminfo", {"MemAvailable:"});
  std::optional<std::int64_t> available;
  if (free_kib > 0) available = free_kib * 1024;
  const std::optional<std::int64_t> left = cgroup_left(root);
  if (available && left) return std::max<std::int64_t>(0, std::min(*available, *left));
  return available ? available : left;
}

}  // namespace scalelaw
