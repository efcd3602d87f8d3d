#include "harness/commands/auto_size.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "common/error.hpp"
#include "common/standard_streams.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/job.hpp"
#include "harness/machine/batch_job.hpp"
#include "harness/machine/cores.hpp"
#include "harness/machine/gate.hpp"
#include "harness/process/scratch_folder.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/store/record.hpp"

namespace scalelaw::harness {
namespace {

/// A point that reads on all cores, by the simplest driver that can; one core if none has threads.
std::optional<Point> reading_point(const Machine& machine, const DriverFacts& drivers) {
  Point point;
  point.kernel = ceiling_read;
  point.options = nlohmann::json::object();
  for (const Driver& driver : drivers.models) {
    if (driver.model.ranked || !driver.has(ceiling_read)) continue;
    point.model = driver.model;
    if (driver.model.threaded) point.placement.threads = machine.cores;
    if (driver.model.threaded) return point;
  }
  return point.model.name.empty() ? std::nullopt : std::optional(point);
}

/// Reads `bytes` some times, and returns the best rate.
std::optional<double> read_rate(Point point, const Prepared& prepared, std::int64_t bytes) {
  std::optional<ScratchFolder> folder;
  try {
    folder.emplace();
  } catch (const Error&) {  // no reason to end a campaign
    return std::nullopt;
  }
  Measuring measuring = prepared.campaign.measuring;
  measuring.samples = 5;
  point.params = {{"bytes", bytes}};
  const Job job = make_job(point, measuring, prepared.campaign.seed, prepared.drivers,
                           folder->file("record.jsonl"));
  DirectLauncher launcher(prepared.machine.first_core);
  if (launcher.run(job).exit_code != 0) return std::nullopt;
  const Record record = read_record(job.record);
  double best_s = std::numeric_limits<double>::infinity();
  for (const Sample& sample : record.samples) best_s = std::min(best_s, sample.total_s);
  if (!record.ended || !(best_s > 0) || !std::isfinite(best_s)) return std::nullopt;
  return static_cast<double>(bytes) / best_s;
}

/// Why the reading of this machine would say nothing of where the drivers run; empty: it does.
std::string why_not(const Prepared& prepared) {
  if (prepared.traits.simulates) return "times are simulated";
  if (!prepared.traits.real_time) return "times are pretended";
  if (prepared.traits.in_allocation || !prepared.hosts.empty()) {
    return "the plan is for other nodes";
  }
  if (prepared.campaign.machine.last_level_cache_bytes > 0) {
    return "[machine] names the last-level cache";
  }
  return {};
}

MemorySize measured(const Prepared& prepared, const DriverFacts& drivers,
                    const KeptMemorySizes& kept, bool may_measure) {
  const Machine& machine = prepared.machine;
  if (const std::string why = why_not(prepared); !why.empty()) {
    return assumed_memory_size(machine, why);
  }
  if (const std::optional<MemorySize> known = kept.find(machine)) return *known;
  if (!may_measure) return assumed_memory_size(machine, "only a run does that");
  const std::optional<Point> point = reading_point(machine, drivers);
  if (!point) return assumed_memory_size(machine, "no driver of one process has memory_read");
  print_error("scalelaw: size = \"auto\": finding out how much memory no cache helps to read\n");
  const MemoryProbe probe{
      .rate = [&](std::int64_t bytes) { return read_rate(*point, prepared, bytes); },
      .is_busy = [gate = make_gate(prepared.campaign.measuring.gate, find_cores()),
                  cores = machine.cores] { return gate(cores).busy; }};
  const std::optional<MemorySize> found = measure_and_keep(machine, kept, probe);
  return found ? *found : assumed_memory_size(machine, "memory_read failed");
}

}  // namespace

KeptMemorySizes::KeptMemorySizes(KeptFacts facts) : facts_(std::move(facts)) {}

std::optional<MemorySize> KeptMemorySizes::find(const Machine& machine) const {
  const nlohmann::json entry = facts_.find();
  try {
    if (entry.at("cores") != machine.cores || entry.at("cache") != machine.last_level_cache_bytes) {
      return std::nullopt;
    }
    const MemorySize size{entry.at("bytes").get<std::int64_t>(),
                          entry.at("why").get<std::string>()};
    return size.bytes > 0 ? std::optional(size) : std::nullopt;
  } catch (const nlohmann::json::exception&) {  // none, or not ours
    return std::nullopt;
  }
}

void KeptMemorySizes::keep(const Machine& machine, const MemorySize& size) const {
  facts_.keep({{"cores", machine.cores},
               {"cache", machine.last_level_cache_bytes},
               {"bytes", size.bytes},
               {"why", size.why}});
}

std::optional<MemorySize> measure_and_keep(const Machine& machine, const KeptMemorySizes& kept,
                                           const MemoryProbe& probe) {
  const bool busy_before = probe.is_busy();
  std::optional<MemorySize> found = measure_memory_size(machine, probe.rate);
  if (!found) return found;
  if (busy_before || probe.is_busy()) {
    found->why += ", while other work used the machine";
  } else {
    kept.keep(machine, *found);
  }
  return found;
}

KeptMemorySizes kept_memory_sizes() {
  return KeptMemorySizes(KeptFacts::of_this_machine("memory-size.json", this_host()));
}

std::function<MemorySize()> memory_size_for(const Prepared& prepared, const DriverFacts& drivers,
                                            bool may_measure) {
  return [&prepared, &drivers, may_measure] {
    return measured(prepared, drivers, kept_memory_sizes(), may_measure);
  };
}

}  // namespace scalelaw::harness
