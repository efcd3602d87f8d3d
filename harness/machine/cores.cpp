#include "harness/machine/cores.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "common/cpu_list.hpp"
#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

constexpr int highest_cpu = 65535;  // eight times what Linux can number

std::string own_mask() {
  // Machines with more processors than cpu_set_t holds need a larger set.
  for (std::size_t processors = 1024; processors <= (1U << 20); processors *= 2) {
    cpu_set_t* set = CPU_ALLOC(processors);
    const std::size_t size = CPU_ALLOC_SIZE(processors);
    const bool known = sched_getaffinity(0, size, set) == 0;
    std::vector<int> cpus;
    for (std::size_t cpu = 0; known && cpu < processors; ++cpu) {
      if (CPU_ISSET_S(cpu, size, set)) cpus.push_back(static_cast<int>(cpu));
    }
    CPU_FREE(set);
    if (known) return format_cpu_list(cpus);
  }
  return "0";
}

std::vector<Core> find_all_cores(const fs::path& cpus, const std::vector<int>& mask) {
  std::vector<int> online = parse_cpu_list(first_line(cpus / "online"));
  if (online.empty()) online = mask;
  std::set<Core> cores;
  for (const int cpu : online) {
    const fs::path topology = cpus / fmt::format("cpu{}", cpu) / "topology";
    std::string siblings = first_line(topology / "core_cpus_list");
    if (siblings.empty()) siblings = first_line(topology / "thread_siblings_list");
    cores.insert(siblings.empty() ? Core{cpu} : parse_cpu_list(siblings));
  }
  std::vector<Core> in_order(cores.begin(), cores.end());
  return in_order;
}

/// The smallest quota of a group and all its parents, as far as they can be seen; 0: none.
template <class Read>
double smallest_quota(const fs::path& mount, fs::path group, Read&& read) {
  double smallest = 0;
  const auto take = [&](const fs::path& folder) {
    const double quota = read(folder);
    if (quota > 0 && (smallest == 0 || quota < smallest)) smallest = quota;
  };
  // In a container the path may name a folder outside of what is mounted: the mount itself counts.
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    take(mount / group);
  }
  take(mount);
  return smallest;
}

double quota_v2(const fs::path& folder) {
  std::ifstream file(folder / "cpu.max");
  double quota = 0, period = 0;
  return file >> quota >> period && period > 0 ? quota / period : 0;  // "max" is no number
}

double quota_v1(const fs::path& folder) {
  std::ifstream quota_file(folder / "cpu.cfs_quota_us"), period_file(folder / "cpu.cfs_period_us");
  double quota = 0, period = 0;
  return quota_file >> quota && period_file >> period && quota > 0 && period > 0 ? quota / period
                                                                                 : 0;
}

double find_quota(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  const fs::path mount = root + "/sys/fs/cgroup";
  double smallest = 0;
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    double quota = 0;
    if (controllers.empty()) {
      quota = smallest_quota(mount, group, quota_v2);
    } else if (fmt::format(",{},", controllers).find(",cpu,") != std::string::npos) {
      const fs::path joint = mount / controllers;
      std::error_code unreachable;
      const bool is_joint = fs::exists(joint, unreachable);
      quota = smallest_quota(is_joint ? joint : mount / "cpu", group, quota_v1);
    }
    if (quota > 0 && (smallest == 0 || quota < smallest)) smallest = quota;
  }
  return smallest;
}

}  // namespace

std::int64_t Cores::usable() const {
  const auto by_mask = static_cast<std::int64_t>(allowed.size());
  if (quota <= 0) return std::max<std::int64_t>(1, by_mask);
  const auto by_quota = static_cast<std::int64_t>(std::floor(quota + 1e-9));
  return std::max<std::int64_t>(1, std::min(by_mask, by_quota));
}

std::string Cores::describe() const {
  std::string counts =
      fmt::format("{} of {} core{} allowed", usable(), all.size(), all.size() == 1 ? "" : "s");
  if (usable() == static_cast<std::int64_t>(all.size())) return counts;
  if (static_cast<std::int64_t>(allowed.size()) > usable() || (quota > 0 && quota < 1)) {
    return fmt::format("{} (quota of the control group: {:.4g} CPUs)", counts, quota);
  }
  return counts + " (affinity mask)";
}

Cores find_cores(const std::string& root, const std::string& mask) {
  const std::vector<int> usable_cpus = parse_cpu_list(mask.empty() ? own_mask() : mask);
  Cores cores;
  cores.all = find_all_cores(root + "/sys/devices/system/cpu", usable_cpus);
  for (const Core& core : cores.all) {
    Core usable_part;
    std::set_intersection(core.begin(), core.end(), usable_cpus.begin(), usable_cpus.end(),
                          std::back_inserter(usable_part));
    if (!usable_part.empty()) cores.allowed.push_back(std::move(usable_part));
  }
  cores.quota = find_quota(root);
  return cores;
}

}  // namespace scalelaw::harness
