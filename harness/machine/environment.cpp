#include "harness/machine/environment.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "common/build_info.hpp"
#include "common/cpu_list.hpp"
#include "common/json_text.hpp"
#include "harness/machine/cores.hpp"
#include "harness/machine/topology.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* unknown = "unknown";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string or_unknown(const std::string& text) {
  return text.empty() ? unknown : text;
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return trimmed(text.str());
}

/// The text of the first file that has any.
std::string read_first(const fs::path& root, std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    std::string text = read_text(root / path);
    if (!text.empty()) return text;
  }
  return unknown;
}

/// The value after "key<separator>" at the beginning of a line of `text`.
std::string field(const std::string& text, std::string_view key, char separator) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(separator);
    if (at != std::string::npos && trimmed(line.substr(0, at)) == key) {
      return or_unknown(trimmed(line.substr(at + 1)));
    }
  }
  return unknown;
}

/// The word in brackets of a setting like "always [madvise] never".
std::string chosen(const std::string& setting) {
  const std::size_t open = setting.find('['), close = setting.find(']');
  return open == std::string::npos || close == std::string::npos || close < open
             ? setting
             : setting.substr(open + 1, close - open - 1);
}

std::string kilobytes_as_bytes(const std::string& text) {
  std::istringstream words(text);
  std::int64_t number = 0;
  std::string unit;
  return words >> number >> unit && unit == "kB" ? std::to_string(number * 1024) : unknown;
}

/// The distinct settings of a file in each processor's folder: "performance", or "performance,
/// powersave".
std::string over_processors(const fs::path& root, const char* file) {
  std::set<std::string> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(root / "sys/devices/system/cpu", missing)) {
    const std::string name = entry.path().filename().string();
    if (name.size() < 4 || !name.starts_with("cpu") || name[3] < '0' || name[3] > '9') continue;
    std::string text = read_text(entry.path() / file);
    if (!text.empty()) found.insert(std::move(text));
  }
  std::string all;
  for (const std::string& text : found) all += (all.empty() ? "" : ", ") + text;
  return or_unknown(all);
}

void capture_processor(const fs::path& root, Environment& out) {
  const std::string info = read_text(root / "proc/cpuinfo");
  out["cpu.model"] = field(info, "model name", ':');
  out["cpu.vendor"] = field(info, "vendor_id", ':');
  out["cpu.microcode"] = field(info, "microcode", ':');
  out["cpu.flags"] = field(info, "flags", ':');
  if (out["cpu.flags"] == unknown) out["cpu.flags"] = field(info, "Features", ':');  // ARM
  out["cpu.frequency_now_mhz"] = field(info, "cpu MHz", ':');
  out["cpu.smt"] = read_first(root, {"sys/devices/system/cpu/smt/control"});
  out["cpu.governor"] = over_processors(root, "cpufreq/scaling_governor");
  out["cpu.frequency_driver"] = over_processors(root, "cpufreq/scaling_driver");
  out["cpu.frequency_min_khz"] = over_processors(root, "cpufreq/scaling_min_freq");
  out["cpu.frequency_max_khz"] = over_processors(root, "cpufreq/scaling_max_freq");
  const std::string no_turbo = read_first(root, {"sys/devices/system/cpu/intel_pstate/no_turbo"});
  out["cpu.boost"] = no_turbo == "0"   ? "1"
                     : no_turbo == "1" ? "0"
                                       : read_first(root, {"sys/devices/system/cpu/cpufreq/boost"});
  const fs::path isolated = root / "sys/devices/system/cpu/isolated";  // an empty file: none
  std::error_code unreachable;
  out["cpu.isolated"] = !fs::exists(isolated, unreachable) ? unknown
                        : read_text(isolated).empty()      ? "none"
                                                           : read_text(isolated);
  out["cpu.idle_driver"] = read_first(root, {"sys/devices/system/cpu/cpuidle/current_driver"});
}

void capture_memory(const fs::path& root, Environment& out) {
  const std::string info = read_text(root / "proc/meminfo");
  out["memory.total_bytes"] = kilobytes_as_bytes(field(info, "MemTotal", ':'));
  out["memory.available_bytes"] = kilobytes_as_bytes(field(info, "MemAvailable", ':'));
  out["memory.swap_bytes"] = kilobytes_as_bytes(field(info, "SwapTotal", ':'));
  const std::string pages = "sys/kernel/mm/transparent_hugepage/";
  out["huge_pages.transparent"] = chosen(read_first(root, {(pages + "enabled").c_str()}));
  out["huge_pages.defrag"] = chosen(read_first(root, {(pages + "defrag").c_str()}));
  out["huge_pages.reserved"] = field(info, "HugePages_Total", ':');
  out["huge_pages.size_bytes"] = kilobytes_as_bytes(field(info, "Hugepagesize", ':'));
  out["numa.nodes"] = read_first(root, {"sys/devices/system/node/online"});
  out["numa.balancing"] = read_first(root, {"proc/sys/kernel/numa_balancing"});
}

/// Settings on the kernel's command line that change timings; the line as a whole may hold
/// anything.
std::string timing_settings(const std::string& command_line) {
  constexpr std::array known{"isolcpus",
                             "nohz_full",
                             "nohz",
                             "rcu_nocbs",
                             "mitigations",
                             "intel_pstate",
                             "amd_pstate",
                             "idle",
                             "processor.max_cstate",
                             "intel_idle.max_cstate",
                             "transparent_hugepage"};
  std::istringstream words(command_line);
  std::string kept;
  for (std::string word; words >> word;) {
    const std::string name = word.substr(0, word.find('='));
    for (const char* setting : known) {
      if (name == setting) kept += (kept.empty() ? "" : " ") + word;
    }
  }
  return kept.empty() ? "none" : kept;
}

std::string operating_system(const fs::path& root) {
  const std::string name = field(read_text(root / "etc/os-release"), "PRETTY_NAME", '=');
  return name.size() > 2 && name.front() == '"' ? name.substr(1, name.size() - 2) : name;
}

void capture_system(const fs::path& root, Environment& out) {
  utsname name{};
  ::uname(&name);
  out["host.name"] = or_unknown(name.nodename);
  out["os.name"] = operating_system(root);
  out["os.kernel"] = fmt::format("{} {} {}", name.sysname, name.release, name.version);
  out["os.architecture"] = or_unknown(name.machine);
  out["os.timing_settings"] = timing_settings(read_text(root / "proc/cmdline"));
  out["os.address_randomization"] = read_first(root, {"proc/sys/kernel/randomize_va_space"});
  out["os.clock_source"] =
      read_first(root, {"sys/devices/system/clocksource/clocksource0/current_clocksource"});
  const bool guest =
      fmt::format(" {} ", out["cpu.flags"]).find(" hypervisor ") != std::string::npos;
  out["os.virtual_machine"] =
      read_first(root, {"sys/hypervisor/type", "sys/class/dmi/id/product_name"});
  if (guest && out["os.virtual_machine"] == unknown) out["os.virtual_machine"] = "yes";
  if (!guest) out["os.virtual_machine"] = out["cpu.flags"] == unknown ? unknown : "no";
  std::error_code unreachable;
  const bool container = fs::exists(root / ".dockerenv", unreachable) ||
                         fs::exists(root / "run/.containerenv", unreachable);
  out["os.container"] = container ? "yes" : "no sign of one";
  std::istringstream load(read_text(root / "proc/loadavg"));
  for (const char* minutes : {"load.1_minute", "load.5_minutes", "load.15_minutes"}) {
    std::string value;
    load >> value;
    out[minutes] = or_unknown(value);
  }
  std::string tasks;
  load >> tasks;
  out["load.tasks_running_of_all"] = or_unknown(tasks);
}

void capture_limits(const std::string& root, Environment& out) {
  const fs::path base = root.empty() ? "/" : root;
  const Cores cores = find_cores(root);
  out["cores.allowed"] = cores.describe();
  std::vector<int> cpus;
  for (const Core& core : cores.allowed) cpus.insert(cpus.end(), core.begin(), core.end());
  std::sort(cpus.begin(), cpus.end());
  out["cores.mask"] = format_cpu_list(cpus);
  std::string groups = read_text(base / "proc/self/cgroup");
  std::replace(groups.begin(), groups.end(), '\n', ' ');
  out["cgroup.path"] = or_unknown(groups);
  out["cgroup.cpu_quota"] = cores.quota > 0 ? fmt::format("{:.6g}", cores.quota) : "none";
  out["cgroup.memory_bytes"] =
      read_first(base, {"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"});
}

void capture_build(Environment& out) {
  out["build.version"] = build::version;
  out["build.revision"] = build::revision;
  out["build.compiler"] = build::compiler;
  out["build.flags"] = build::flags;
  out["build.type"] = build::type;
  out["library.hwloc"] = hwloc_version();
  std::array<char, 128> text{};
  out["library.c"] =
      ::confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size()) > 0 ? text.data() : unknown;
}

void capture_variables(char const* const* variables, Environment& out) {
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view entry = *variables;
    const std::string_view name = entry.substr(0, entry.find('='));
    if (name.size() == entry.size() || !capture_variable(name)) continue;
    out["env." + std::string(name)] = entry.substr(name.size() + 1, 16'384);
  }
}

}  // namespace

bool capture_variable(std::string_view name) {
  constexpr std::array names{
      // OpenMP
      "OMP_NUM_THREADS", "OMP_PLACES", "OMP_PROC_BIND", "OMP_SCHEDULE", "OMP_DYNAMIC",
      "OMP_WAIT_POLICY", "OMP_STACKSIZE", "OMP_THREAD_LIMIT", "OMP_MAX_ACTIVE_LEVELS", "OMP_NESTED",
      "OMP_DISPLAY_ENV", "OMP_DISPLAY_AFFINITY", "OMP_TOOL_LIBRARIES", "GOMP_CPU_AFFINITY",
      "GOMP_SPINCOUNT", "GOMP_STACKSIZE", "KMP_AFFINITY", "KMP_BLOCKTIME", "KMP_HW_SUBSET",
      // PBS and Flux
      "PBS_JOBID", "PBS_JOBNAME", "PBS_QUEUE", "NCPUS", "FLUX_JOB_ID", "FLUX_ENCLOSING_ID",
      // SLURM
      "SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_JOB_NODELIST", "SLURM_JOB_NUM_NODES",
      "SLURM_JOB_PARTITION", "SLURM_JOB_CPUS_PER_NODE", "SLURM_JOB_QOS", "SLURM_CLUSTER_NAME",
      "SLURM_NNODES", "SLURM_NTASKS", "SLURM_NTASKS_PER_NODE", "SLURM_NPROCS",
      "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "SLURM_CPU_BIND", "SLURM_CPU_BIND_TYPE",
      "SLURM_CPU_BIND_LIST", "SLURM_CPU_FREQ_REQ", "SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU",
      "SLURM_DISTRIBUTION", "SLURM_THREADS_PER_CORE", "SLURM_TASKS_PER_NODE", "SLURM_NODELIST",
      "SLURM_SUBMIT_HOST", "SLURM_TOPOLOGY_ADDR", "SLURM_MPI_TYPE", "SRUN_CPUS_PER_TASK",
      // The loader, the allocator, and libraries with threads of their own
      "LD_LIBRARY_PATH", "LD_PRELOAD", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "OPENBLAS_NUM_THREADS",
      "OPENBLAS_CORETYPE", "MKL_NUM_THREADS", "LOADEDMODULES", "LC_ALL", "LANG", "UCX_TLS",
      "UCX_NET_DEVICES", "FI_PROVIDER", "MPICH_VERSION"};
  for (const char* known : names) {
    if (name == known) return true;
  }
  // MCA settings of the frameworks that move data and place processes, and no others.
  constexpr std::array frameworks{"btl",   "pml",   "mtl", "coll", "osc",
                                  "rmaps", "hwloc", "mpi", "oob",  "plm"};
  constexpr std::string_view mca = "OMPI_MCA_";
  if (!name.starts_with(mca)) return false;
  const std::string_view rest = name.substr(mca.size());
  for (const std::string_view framework : frameworks) {
    if (rest == framework || (rest.starts_with(framework) && rest[framework.size()] == '_'))
      return true;
  }
  return false;
}

Environment capture_environment(const std::string& root, char const* const* variables) {
  const fs::path base = root.empty() ? "/" : root;
  Environment out;
  capture_processor(base, out);
  capture_memory(base, out);
  capture_system(base, out);
  capture_limits(root, out);
  capture_topology(out);
  capture_build(out);
  capture_variables(variables, out);
  return out;
}

Environment capture_environment() {
  return capture_environment({}, environ);
}

namespace {

/// "dot_f32 2048 bytes ahead (zen3)": how a loop streams.
std::string tuning_text(const nlohmann::json& tuning) {
  const std::int64_t places = tuning.value("places", std::int64_t{1});
  // A kept calibration is the same choice as the calibration that made it.
  std::string source = tuning.at("source").get<std::string>();
  if (source == "kept calibration") source = "calibration";
  return fmt::format("{} {} bytes ahead{} ({})", tuning.at("loop").get<std::string>(),
                     tuning.at("prefetch_bytes").get<std::int64_t>(),
                     places > 1 ? fmt::format(", {} places", places) : "", source);
}

}  // namespace

void add_driver_environment(Results& results) {
  std::map<std::string, std::set<std::string>> found;
  const auto take = [&](const std::string& name, const nlohmann::json& value) {
    if (value.is_null()) return;
    found[name].insert(json_text(value));
  };
  for (const Launch& launch : results.launches) {
    if (launch.superseded || !launch.header.is_object()) continue;
    for (const char* part : {"build", "mpi", "timer"}) {
      const auto object = launch.header.find(part);
      if (object == launch.header.end() || !object->is_object()) continue;
      for (const auto& [key, value] : object->items()) {
        // The clock is measured at each start, and each launch keeps its own.
        if (part == std::string_view("timer") && key != "name") continue;
        take(fmt::format("driver.{}.{}", part, key), value);
      }
    }
    if (launch.header.contains("isa")) take("driver.isa", launch.header["isa"]);
    if (const auto tuning = launch.header.find("tuning"); tuning != launch.header.end()) {
      take("driver.tuning", tuning_text(*tuning));
    }
  }
  for (const auto& [name, values] : found) {
    std::string all;
    for (const std::string& value : values) {
      if (!value.empty()) all += (all.empty() ? "" : " | ") + value;
    }
    results.environment[name] = or_unknown(all);
  }
}

}  // namespace scalelaw::harness
