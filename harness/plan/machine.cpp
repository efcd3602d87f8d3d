#include "harness/plan/machine.hpp"

#include <fmt/format.h>
#include <hwloc.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>

#include "common/error.hpp"
#include "common/memory.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, DestroyTopology>;

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

/// This machine's processors.  `everything`: those that this process may not use, too.
Topology load_topology(bool everything) {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) throw Error("hwloc cannot start", "is libhwloc damaged?");
  Topology topology(raw);
  if (everything) hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (hwloc_topology_load(raw) != 0) {
    throw Error("hwloc cannot read this machine's topology", "is /sys mounted?");
  }
  return topology;
}

std::int64_t count_cores(hwloc_topology_t topology) {
  const int cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
  return cores > 0 ? cores : std::max(1, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU));
}

/// The sum of the outermost data caches.
std::int64_t last_level_cache(hwloc_topology_t topology) {
  for (const hwloc_obj_type_t type :
       {HWLOC_OBJ_L5CACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L2CACHE}) {
    std::int64_t bytes = 0;
    for (hwloc_obj_t cache = hwloc_get_next_obj_by_type(topology, type, nullptr); cache != nullptr;
         cache = hwloc_get_next_obj_by_type(topology, type, cache)) {
      bytes += static_cast<std::int64_t>(cache->attr->cache.size);
    }
    if (bytes > 0) return bytes;
  }
  return 0;
}

std::string cpu_list(hwloc_const_bitmap_t set) {
  char* text = nullptr;
  if (hwloc_bitmap_list_asprintf(&text, set) < 0) return "0";
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The folders of this process's control group and of all groups above it (version 2).
std::vector<fs::path> control_groups() {
  std::vector<fs::path> out;
  const fs::path root = "/sys/fs/cgroup";
  std::istringstream lines(read_file("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("0::/")) continue;
    for (fs::path path = line.substr(4);; path = path.parent_path()) {
      out.push_back(root / path);
      if (path.empty()) break;
    }
  }
  if (out.empty()) out.push_back(root);
  return out;
}

double read_number(const fs::path& path) {
  std::istringstream text(read_file(path));
  double value = 0;
  return text >> value ? value : std::numeric_limits<double>::quiet_NaN();
}

/// Cores that the CPU quotas of all enclosing control groups pay for.
double quota_cores() {
  double cores = std::numeric_limits<double>::infinity();
  for (const fs::path& group : control_groups()) {
    cores = std::min(cores, parse_cpu_max(read_file(group / "cpu.max")));
  }
  const double quota = read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");  // version 1
  const double period = read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (quota > 0 && period > 0) cores = std::min(cores, quota / period);
  return cores;
}

}  // namespace

double parse_cpu_max(const std::string& text) {
  std::istringstream words(text);
  double quota = 0, period = 0;
  return words >> quota >> period && period > 0 ? quota / period
                                                : std::numeric_limits<double>::infinity();
}

Machine find_machine() {
  Machine out;
  const Topology topology = load_topology(false);
  out.cores_total = count_cores(load_topology(true).get());
  const Bitmap mine(hwloc_bitmap_alloc());
  if (hwloc_get_cpubind(topology.get(), mine.get(), HWLOC_CPUBIND_PROCESS) == 0) {
    hwloc_topology_restrict(topology.get(), mine.get(), 0);
  }
  out.cores = count_cores(topology.get());
  const double paid = quota_cores();
  if (paid < static_cast<double>(out.cores)) {
    out.cores = std::max<std::int64_t>(1, std::llround(std::floor(paid)));
  }
  out.last_level_cache_bytes = last_level_cache(topology.get());
  out.memory_bytes = static_cast<double>(available_memory_bytes().value_or(0));
  hwloc_obj_t core = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_CORE, 0);
  if (core == nullptr) core = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_PU, 0);
  if (core != nullptr) out.first_core = cpu_list(core->cpuset);
  return out;
}

Machine with_options(Machine found, const MachineOptions& options, std::int64_t hosts) {
  if (options.cores > 0) found.cores = found.cores_total = options.cores;
  if (options.memory_bytes > 0) found.memory_bytes = static_cast<double>(options.memory_bytes);
  if (options.last_level_cache_bytes > 0) {
    found.last_level_cache_bytes = options.last_level_cache_bytes;
  }
  found.nodes = std::max<std::int64_t>(1, hosts);
  return found;
}

}  // namespace scalelaw
