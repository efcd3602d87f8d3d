#include "harness/launch/srun.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <thread>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/ending.hpp"
#include "harness/launch/job.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

/// Distinguishes this harness's steps from other steps of the allocation.
constexpr const char* step_name = "scalelaw";

bool asks_for_end(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGUSR1 || signal == SIGUSR2;
}

/// The exit code of the tasks whose end a line of srun's output reports; 0: it reports none.
int task_status(const std::string& line) {
  constexpr std::string_view begin = "srun: error: ", exited = "Exited with exit code ";
  const std::size_t task = line.find(": task");
  const std::size_t colon = line.find(": ", task == std::string::npos ? task : task + 2);
  if (!line.starts_with(begin) || colon == std::string::npos) return 0;
  const std::string_view reason = std::string_view(line).substr(colon + 2);
  if (reason.starts_with(exited)) return std::atoi(reason.data() + exited.size());
  if (reason.starts_with("Out Of Memory")) return 128 + SIGKILL;
  for (int signal = 1; signal < NSIG; ++signal) {
    if (reason.starts_with(strsignal(signal))) return 128 + signal;
  }
  return 0;
}

/// The CPUs of a task: whole cores, whatever SLURM allocates on these nodes.
std::int64_t cpus_per_task(const Placement& placement, const SlurmNode& node) {
  const bool counts_threads = node.cpus > node.cores;
  return placement.threads * (counts_threads ? node.threads_per_core : 1);
}

}  // namespace

SrunLauncher::SrunLauncher(BatchOptions options, Allocation allocation, Pause pause)
    : options_(std::move(options)), allocation_(std::move(allocation)), pause_(std::move(pause)) {}

Command SrunLauncher::command(const Job& job) const {
  const Placement& placement = job.placement;
  const auto there = static_cast<std::int64_t>(allocation_.nodes.size());
  if (placement.nodes > there) {
    throw Error(fmt::format("{} nodes requested, {} in the allocation", placement.nodes, there),
                fmt::format("allocate them: salloc --nodes={}", placement.nodes));
  }
  const auto first = allocation_.nodes.begin();
  Command out;
  if (!allocation_.contrary.empty()) {
    out.argv = {"env"};
    for (const std::string& name : allocation_.contrary) {
      out.argv.insert(out.argv.end(), {"-u", name});
    }
  }
  const std::vector<std::string> words{
      "srun",
      std::string("--job-name=") + step_name,
      "--mpi=" + (job.model.ranked ? options_.mpi : "none"),
      fmt::format("--nodes={}", placement.nodes),
      fmt::format("--nodelist={}", fmt::join(first, first + placement.nodes, ",")),
      fmt::format("--ntasks={}", placement.ranks()),
      fmt::format("--ntasks-per-node={}", placement.ranks_per_node),
      fmt::format("--cpus-per-task={}", cpus_per_task(placement, allocation_.node)),
      "--mem=0",  // all that the job has
      "--exact",
      "--distribution=block:block",
      "--kill-on-bad-exit=1",
      "--input=none",
      "--export=ALL"};
  out.argv.insert(out.argv.end(), words.begin(), words.end());
  // Inside a step, its own task holds the cores, and another step would wait for them forever.
  if (allocation_.inside_step) out.argv.emplace_back("--overlap");
  out.environment = openmp_environment(placement.threads, job.oversubscribe);
  if (job.model.ranked && options_.mpi.starts_with("pmix")) {
    // The plugin has two barriers for ranks, a ring and a tree.  The tree, which by default serves
    // the second barrier in MPI_Init, sometimes lets ranks continue before all have arrived.  A
    // late rank then dies of their first message (slurm/README.md).
    out.environment["SLURM_PMIX_FENCE"] = "ring";
  }
  if (job.oversubscribe) {
    out.argv.insert(out.argv.end(), {"--overcommit", "--cpu-bind=none"});
    out.environment["OMPI_MCA_mpi_yield_when_idle"] = "1";
  } else {
    out.argv.emplace_back("--cpu-bind=cores");
  }
  out.argv.insert(out.argv.end(), options_.step_options.begin(), options_.step_options.end());
  out.argv.insert(out.argv.end(), job.driver.begin(), job.driver.end());
  out.argv.insert(out.argv.end(), {"--record", job.record});
  for (const auto& [name, value] : job.environment) out.environment[name] = value;
  return out;
}

StepEnd step_end(const std::string& log) {
  StepEnd end;
  for (const std::string& line : lines_of(log)) {
    const int status = task_status(line);
    if (status == 0) continue;
    const int signal = status - 128;
    if (asks_for_end(signal)) {
      if (end.asked == 0) end.asked = signal;
      continue;
    }
    // SLURM kills what does not end when it is asked to; before that, somebody else killed.
    if (signal == SIGKILL && end.asked != 0) continue;
    end.cause = status;
    return end;
  }
  return end;
}

Outcome SrunLauncher::run(const Job& job) {
  Outcome outcome = run_job(command(job), job);
  outcome.via = "srun";
  if (outcome.timed_out) end_steps();
  if (outcome.timed_out || outcome.interrupted) return outcome;
  // srun can exit with 0 although its step never began.
  std::error_code ignored;
  if (outcome.exit_code == 0 && std::filesystem::exists(job.record, ignored)) return outcome;
  const StepEnd end = step_end(outcome.log);
  // The harness did not send such a signal, so somebody else did, as scancel --signal does to all
  // steps of a job.  Or SLURM itself did, when some of its tasks could not start.
  int asked = end.asked;
  if (asked == 0 && asks_for_end(outcome.exit_code - 128)) asked = outcome.exit_code - 128;
  const bool told = end.cause == 0 && asked != 0 && !step_did_not_start(outcome.log);
  const Answer answer = insist_on_answer();
  // SLURM ends the nodes of a job one after the other.  Ranks whose peers have gone then fail in
  // various ways before they are ended, so failures at the allocation's end do not count.
  if (told || answer == Answer::ended) {
    outcome.interrupted = true;
    request_end(asked != 0 ? asked : SIGTERM);
  } else if (answer == Answer::none) {
    outcome.cause = Cause::scheduler;
  } else if (end.cause != 0) {
    outcome.exit_code = end.cause;
  }
  return outcome;
}

/// Only a definite answer counts: a controller that does not answer says nothing about the job.
SrunLauncher::Answer SrunLauncher::ask_allocation() const {
  const Printed printed = read_process(
      {{"squeue", "--noheader", "--jobs=" + allocation_.job, "--format=%T"}, {}, {}}, 60);
  if (printed.timed_out) return Answer::none;
  if (printed.exit_code != 0) {
    const bool forgotten = printed.err.find("Invalid job id") != std::string::npos;
    return forgotten ? Answer::ended : Answer::none;
  }
  const std::vector<std::string> states = lines_of(printed.out);
  return !states.empty() && can_run_steps(states.front()) ? Answer::alive : Answer::ended;
}

SrunLauncher::Answer SrunLauncher::insist_on_answer() const {
  constexpr double patience_s = 300;
  Backoff backoff(pause_);
  Answer answer = ask_allocation();
  while (answer == Answer::none && !interrupted() && backoff.waited_s() < patience_s) {
    backoff.wait();
    answer = ask_allocation();
  }
  return answer;
}

void SrunLauncher::end_steps() const {
  using namespace std::chrono_literals;
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < until && !interrupted()) {
    const Printed printed = read_process(
        {{"squeue", "--noheader", "--steps", "--jobs=" + allocation_.job, "--format=%i|%j"},
         {},
         {}},
        60);
    bool gone = true;
    for (const std::string& line : lines_of(printed.out)) {
      const std::size_t bar = line.find('|');
      if (bar == std::string::npos || line.substr(bar + 1) != step_name) continue;
      gone = false;
      read_process({{"scancel", "--signal=KILL", line.substr(0, bar)}, {}, {}}, 60);
    }
    if (gone && printed.exit_code == 0) return;
    std::this_thread::sleep_for(500ms);
  }
}

namespace {

Allocation require_allocation_of_slurm() {
  std::optional<Allocation> found = find_allocation();
  if (found) return *std::move(found);
  throw Error("srun needs a SLURM allocation, but this shell is not in one",
              "get one: salloc --nodes=4 --exclusive, or submit jobs: scalelaw submit CONFIG");
}

}  // namespace

LauncherType srun_launcher() {
  return {.name = "srun",
          .help = "steps in the SLURM allocation of this shell",
          .traits = {.local = false, .in_allocation = true},
          .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
            return std::make_unique<SrunLauncher>(setup.campaign.slurm, setup.allocation.value());
          },
          .allocation = require_allocation_of_slurm};
}

}  // namespace scalelaw::harness
