#include "harness/commands/machine_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "common/quantity.hpp"
#include "harness/analysis/compare.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/noise.hpp"
#include "harness/measure/binding.hpp"

namespace scalelaw::harness {
namespace {

using Settings = std::map<std::string, std::string>;

std::string setting(const Settings& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "unknown" : found->second;
}

/// A setting that should be one of `wanted`; an unknown one is only a note.
MachineCheck judge_setting(const Settings& environment, const std::string& name,
                           const std::string& check, const std::vector<std::string>& wanted,
                           const std::string& remedy) {
  const std::string value = setting(environment, name);
  if (value == "unknown") {
    return {Health::note, check, "unknown (often hidden in virtual machines)",
            "if times vary, ask whoever runs the host"};
  }
  const bool good = std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  return {good ? Health::good : Health::note, check, value, good ? "" : remedy};
}

MachineCheck judge_quota(const Settings& environment) {
  const std::string quota = setting(environment, "cgroup.cpu_quota");
  const bool free = quota == "none" || quota == "unknown";
  return {free ? Health::good : Health::note, "CPU quota", quota,
          free ? ""
               : "a control group throttles this process: raise its cpu.max, or use fewer workers"};
}

MachineCheck judge_load(const Settings& environment) {
  const std::string text = setting(environment, "load.1_minute");
  const bool quiet = std::strtod(text.c_str(), nullptr) < 0.5;
  return {quiet ? Health::good : Health::note, "load of the last minute", text,
          quiet ? ""
                : "other work ran here a moment ago: find it with top, then wait for it or end it"};
}

/// The first line of a log that is not blank.
std::string first_words(const std::string& log) {
  const std::size_t begin = log.find_first_not_of(" \n-");
  if (begin == std::string::npos) return "";
  return log.substr(begin, std::min<std::size_t>(120, log.find('\n', begin) - begin));
}

}  // namespace

std::vector<MachineCheck> judge_environment(const Settings& environment) {
  return {
      {Health::good, "processor", setting(environment, "cpu.model"), ""},
      {Health::good, "cores", setting(environment, "cores.allowed"), ""},
      judge_quota(environment),
      judge_setting(environment, "cpu.governor", "frequency governor", {"performance"},
                    "cpupower frequency-set -g performance"),
      judge_setting(environment, "cpu.boost", "boost clocks", {"0"},
                    "times are steadier without it: echo 0 > /sys/devices/system/cpu/cpufreq/boost "
                    "(Intel: echo 1 > .../intel_pstate/no_turbo)"),
      judge_setting(environment, "huge_pages.transparent", "transparent huge pages",
                    {"always", "madvise"},
                    "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"),
      judge_setting(environment, "numa.balancing", "automatic NUMA balancing", {"0"},
                    "echo 0 > /proc/sys/kernel/numa_balancing: it moves pages while you measure"),
      judge_setting(environment, "os.clock_source", "clock source",
                    {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"},
                    "reading this clock is slow: boot with clocksource=tsc"),
      judge_load(environment)};
}

MachineCheck judge_free_cores(const GateReading& reading) {
  MachineCheck out{Health::good, "free cores",
                   fmt::format("{:.2f} of {}", reading.free_cores, reading.loops), ""};
  if (reading.busy) {
    out.health = Health::bad;
    out.remedy =
        "other work, or another guest of this host, uses the rest: end it, or use fewer workers";
  }
  return out;
}

MachineCheck judge_start(const std::string& what, const Point& point, const Outcome& outcome,
                         const nlohmann::json& header) {
  if (outcome.timed_out) {
    return {Health::bad, what, fmt::format("did not end within {}", format_seconds(outcome.wall_s)),
            "run it by hand: " + first_words(outcome.log)};
  }
  if (outcome.exit_code != 0 || !header.is_object()) {
    return {
        Health::bad, what,
        fmt::format("exit status {}: {}", outcome.exit_code, first_words(outcome.log)),
        "fix what it reports; to try the command by hand: scalelaw run CONFIG --dry-run prints it"};
  }
  const std::string fault = binding_fault(point, header);
  if (!fault.empty()) {
    return {Health::bad, what, fault,
            "look for OMP_* or OMPI_MCA_* variables, or a job's mask, that change the binding"};
  }
  return {
      Health::good, what,
      fmt::format("started and ended in {}, bound as requested", format_seconds(outcome.wall_s)),
      ""};
}

std::vector<MachineCheck> judge_observer(const Observer& observer) {
  static const std::map<std::string, std::string> subjects{
      {"steal", "seen during samples: steal"},
      {"queue", "seen during samples: waits for a processor"},
      {"usage", "seen during samples: switches, faults, memory"},
      {"counters", "seen during samples: cycles, clock rate"},
      {"energy", "seen during samples: energy"}};
  std::vector<MachineCheck> out;
  for (const auto& [way, subject] : subjects) {
    if (const auto known = observer.known().find(way); known != observer.known().end()) {
      out.push_back({Health::good, subject, known->second, ""});
    } else if (const auto not_so = observer.unknown().find(way);
               not_so != observer.unknown().end()) {
      out.push_back({Health::note, subject, std::string("unknown: ") + not_so->second.what(),
                     not_so->second.hint()});
    }
  }
  return out;
}

MachineCheck judge_timer(const nlohmann::json& header) {
  constexpr double good_resolution_s = 1e-6;
  if (!header.is_object() || !header.contains("timer")) {
    return {Health::bad, "clock", "no driver reported its clock", "see the other findings"};
  }
  const double resolution = header["timer"].value("resolution_s", 1.0);
  const double overhead = header["timer"].value("overhead_s", 1.0);
  const bool good = resolution <= good_resolution_s && overhead <= good_resolution_s;
  return {good ? Health::good : Health::note, "clock",
          fmt::format("resolution {}, {} per reading", format_seconds(resolution),
                      format_seconds(overhead)),
          good ? "" : "this clock is coarse: measure longer samples (--batch)"};
}

std::optional<MachineCheck> judge_same(std::span<const double> a_s, std::span<const double> b_s) {
  if (a_s.size() < 2 || b_s.size() < 2) return std::nullopt;
  const Ratio ratio = ratio_over_launches(a_s, b_s);
  const Change change = judge_change(ratio, default_tolerance);
  MachineCheck out{
      Health::good, "A/A: the same twice",
      fmt::format("ratio {}: {}", with_interval(ratio.value, ratio.interval), to_string(change)),
      ""};
  if (change == Change::undecided) {
    out.health = Health::note;
    out.remedy = "launches differ a lot here: ask for more (launches_max, budget_s)";
  } else if (change != Change::same) {
    out.health = Health::bad;
    out.remedy = "the machine changes while it measures: look at clocks, heat and other work";
  }
  return out;
}

Section doctor_section(const std::vector<MachineCheck>& findings) {
  Section section;
  section.heading = "Is this machine ready for measurements?";
  section.table.header = {"", "check", "found", "what to do"};
  section.table.left = {0, 1, 2, 3};
  for (const MachineCheck& f : findings) {
    section.table.rows.push_back({std::string(to_string(f.health)), f.check, f.found, f.remedy});
  }
  const auto bad = std::count_if(findings.begin(), findings.end(),
                                 [](const MachineCheck& f) { return f.health == Health::bad; });
  section.after.push_back(bad == 0 ? "Nothing to fix before measuring."
                                   : fmt::format("{} to fix before measuring.", bad));
  return section;
}

}  // namespace scalelaw::harness
