// Flux, from its manual pages: flux-run(1), flux-resource(1), flux-shell-options(7),
// flux-environment(7).
#include "harness/launch/flux.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "common/error.hpp"
#include "common/lines.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/job.hpp"
#include "harness/launch/slurm_faults.hpp"
#include "harness/machine/batch_job.hpp"
#include "harness/process/clean_up.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

constexpr double flux_patience_s = 60;
constexpr const char* default_job_name = "--job-name=scalelaw";

/// A name that no other launch in the Flux instance has, on whatever node its harness runs.
std::string name_of_launch() {
  static std::int64_t launches = 0;
  return fmt::format("scalelaw-{}-{}-{}", this_host(), getpid(), ++launches);
}

/// The jobs of that name that Flux still has; none: it does not say.
std::optional<std::vector<std::string>> flux_jobs_named(const std::string& name) {
  const Printed printed = read_clean_up(
      {{"flux", "jobs", "--no-header", "--count=0", "--format={id.dec}|{name}"}, {}, {}},
      flux_patience_s);
  if (printed.timed_out || printed.exit_code != 0) return std::nullopt;
  std::vector<std::string> out;
  for (const std::string& line : lines_of(printed.out)) {
    const std::size_t bar = line.find('|');
    if (bar != std::string::npos && line.substr(bar + 1) == name)
      out.push_back(line.substr(0, bar));
  }
  return out;
}

/// The end of `flux run` need not be that of its job.  Also when the harness was asked to stop, but
/// then a Flux that does not answer is not waited for: it may end, too.
void cancel_launch(const std::string& name) {
  using namespace std::chrono_literals;
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < until) {
    const auto left = flux_jobs_named(name);
    if (left ? left->empty() : interrupted()) return;
    if (left) {
      std::vector<std::string> words{"flux", "cancel"};
      words.insert(words.end(), left->begin(), left->end());
      read_clean_up({words, {}, {}}, flux_patience_s);
    }
    std::this_thread::sleep_for(500ms);
  }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> flux_remedies{{
    {"cannot start ", "load the module of Flux, or go to a login node of the cluster"},
    {"flux_open", "go to a shell that has a Flux instance (flux start, flux alloc, a login node)"},
    {"no answer", "wait until Flux answers (flux uptime), then try again"},
    {"queue", "correct [flux] queue (flux queue list shows them)"},
    {"bank", "correct [flux] bank (flux account view-user $USER)"},
    {"unsatisfiable", "ask for fewer nodes or cores, or for another [flux] queue or constraint"},
    {"duration", "ask for a shorter time ([flux] time, or budget_s and margin)"},
    {"unrecognized arguments", "correct [flux] directives (flux batch --help)"},
}};

Allocation require_allocation_of_flux() {
  if (std::getenv("FLUX_URI") == nullptr) {
    throw Error(
        "flux run needs a Flux instance, but this shell is not in one",
        "get one: flux alloc --nodes=4 --exclusive, or submit jobs: scalelaw submit CONFIG");
  }
  Allocation out = flux_nodes("", 0);
  const char* const job = std::getenv("FLUX_ENCLOSING_ID");
  out.job = job == nullptr ? "" : job;
  return out;
}

}  // namespace

std::string flux_hint(const std::string& fault) {
  for (const auto& [words, hint] : flux_remedies) {
    if (fault.find(words) != std::string::npos) return std::string(hint);
  }
  return "Flux's own message says why; does it answer (flux uptime)?";
}

std::string ask_flux(const std::vector<std::string>& words) {
  const Printed printed = read_process({words, {}, {}}, flux_patience_s);
  if (!printed.timed_out && printed.exit_code == 0) return printed.out;
  const std::string why = printed.timed_out ? "no answer within a minute" : plain_fault(printed);
  throw Error(fmt::format("{} {}: {}", words.at(0), words.at(1), why), flux_hint(why));
}

Allocation parse_flux_nodes(const std::string& text, std::int64_t count) {
  Allocation out;
  std::int64_t found = 0;
  for (const std::string& line : lines_of(text)) {
    std::int64_t nodes = 0, cores = 0;
    if (!(std::istringstream(line) >> nodes >> cores)) {
      throw Error(fmt::format("cannot read what flux resource list reports: '{}'", line),
                  "expected are '{nnodes} {ncores}': does flux resource list --format take these?");
    }
    if (nodes < 1) continue;
    out.node.cores = found == 0 ? cores / nodes : std::min(out.node.cores, cores / nodes);
    found += nodes;
  }
  out.node.cpus = out.node.cores;
  if (found < std::max<std::int64_t>(1, count)) {
    throw Error(fmt::format("a job needs {} nodes, but Flux has only {} such nodes that are up",
                            std::max<std::int64_t>(1, count), found),
                "ask for fewer nodes, or choose another queue in [flux] (flux resource list)");
  }
  for (std::int64_t i = 1; i <= (count == 0 ? found : count); ++i) {
    out.nodes.push_back(fmt::format("node{}", i));
  }
  return out;
}

Allocation flux_nodes(const std::string& queue, std::int64_t count) {
  std::vector<std::string> words{"flux",        "resource",    "list",
                                 "--states=up", "--no-header", "--format={nnodes} {ncores}"};
  if (!queue.empty()) words.push_back("--queue=" + queue);
  return parse_flux_nodes(ask_flux(words), count);
}

FluxLauncher::FluxLauncher(BatchOptions options, Allocation allocation)
    : options_(std::move(options)), allocation_(std::move(allocation)) {}

Command FluxLauncher::command(const Job& job) const {
  const Placement& at = job.placement;
  const auto there = static_cast<std::int64_t>(allocation_.nodes.size());
  if (at.nodes > there) {
    throw Error(fmt::format("{} nodes requested, {} in the Flux instance", at.nodes, there),
                fmt::format("get them: flux alloc --nodes={}", at.nodes));
  }
  if (at.ranks_per_node * at.threads > allocation_.node.cores) {
    throw Error(fmt::format("{} workers on a node, {} cores", at.ranks_per_node * at.threads,
                            allocation_.node.cores),
                "Flux starts no more workers than a node has cores: ask for fewer");
  }
  Command out;
  out.argv = {"flux",
              "run",
              default_job_name,
              fmt::format("--nodes={}", at.nodes),
              fmt::format("--ntasks={}", at.ranks()),
              fmt::format("--cores-per-task={}", at.threads),
              "--setopt=cpu-affinity=per-task"};
  out.argv.insert(out.argv.end(), options_.step_options.begin(), options_.step_options.end());
  out.argv.insert(out.argv.end(), job.driver.begin(), job.driver.end());
  out.argv.insert(out.argv.end(), {"--record", job.record});
  out.environment = openmp_environment(at.threads, job.oversubscribe);
  for (const auto& [name, value] : job.environment) out.environment[name] = value;
  return out;
}

Outcome FluxLauncher::run(const Job& job) {
  Command words = command(job);
  const std::string name = name_of_launch();
  std::replace(words.argv.begin(), words.argv.end(), std::string(default_job_name),
               "--job-name=" + name);
  Outcome outcome = run_job(words, job);
  outcome.via = "flux run";
  if (outcome.timed_out || outcome.interrupted) cancel_launch(name);
  return outcome;
}

LauncherType flux_launcher() {
  return {.name = "flux",
          .help = "jobs in the Flux instance of this shell",
          .traits = {.local = false, .in_allocation = true},
          .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
            return std::make_unique<FluxLauncher>(setup.campaign.flux, setup.allocation.value());
          },
          .allocation = require_allocation_of_flux};
}

}  // namespace scalelaw::harness
