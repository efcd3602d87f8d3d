#include "harness/batch/scheduler.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/error.hpp"
#include "harness/process/find_program.hpp"
#include "scheduler_list.hpp"

namespace scalelaw::harness {

const std::vector<Scheduler>& schedulers() {
  static const std::vector<Scheduler> all = [] {
    std::vector<Scheduler> each;
    for (const auto scheduler : scheduler_list) each.push_back(scheduler());
    return each;
  }();
  return all;
}

const Scheduler& find_scheduler(const std::string& name) {
  std::vector<std::string> names;
  for (const Scheduler& scheduler : schedulers()) {
    if (scheduler.name == name) return scheduler;
    names.push_back(scheduler.name);
  }
  throw Error(fmt::format("unknown scheduler '{}'", name),
              fmt::format("choose one of: {}", fmt::join(names, ", ")));
}

const Scheduler& choose_scheduler(const std::string& name) {
  if (name != to_string(SchedulerChoice::automatic)) {
    const Scheduler& named = find_scheduler(name);
    if (named.program.empty() || !find_program(named.program).empty()) return named;
    throw Error(
        fmt::format("no {} found: {}'s commands are not in PATH", named.program, named.title),
        "load their module, go to a login node of the cluster, or choose another "
        "--scheduler");
  }
  std::vector<std::string> programs;
  for (const Scheduler& scheduler : schedulers()) {
    if (scheduler.program.empty()) continue;
    if (!find_program(scheduler.program).empty()) return scheduler;
    programs.push_back(fmt::format("{} ({})", scheduler.program, scheduler.title));
  }
  throw Error(fmt::format("no batch system found: PATH has no {}", fmt::join(programs, ", no ")),
              "load its module or go to a login node; for jobs in the background of this machine, "
              "give --scheduler local");
}

const Scheduler& scheduler_of(const Batch& batch) {
  return find_scheduler(batch.scheduler);
}

const BatchOptions& options_of(const Campaign& campaign, const Scheduler& scheduler) {
  static const BatchOptions none;
  return scheduler.options == nullptr ? none : campaign.*scheduler.options;
}

const BatchOptions& options_of(const Campaign& campaign, const Batch& batch) {
  return options_of(campaign, scheduler_of(batch));
}

std::string script_file(const Batch& batch, const BatchJob& job) {
  return batch.file(job, scheduler_of(batch).script_ending.c_str());
}

}  // namespace scalelaw::harness
