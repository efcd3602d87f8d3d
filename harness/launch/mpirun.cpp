#include "harness/launch/mpirun.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/error.hpp"
#include "common/looked_in.hpp"
#include "harness/config/hosts.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/hydra.hpp"
#include "harness/launch/job.hpp"
#include "harness/mpi/mpirun_words.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

using Words = std::vector<std::string>;

void append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

}  // namespace

std::vector<std::string> mca_words(const MpirunOptions& options) {
  Words out;
  for (const auto& [name, value] : options.mca) append(out, {"--mca", name, value});
  return out;
}

std::vector<std::string> host_names(const MpirunOptions& options) {
  const std::string& path = options.hostfile;
  if (path.empty()) {
    std::vector<std::string> names;
    for (const std::string& word : options.hosts) names.push_back(host_name(word));
    return each_once(names);
  }
  std::error_code failed;
  std::ifstream file;
  if (std::filesystem::is_regular_file(path, failed)) file.open(path);  // not a pipe that waits
  std::ostringstream text;
  if (file.is_open()) text << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    throw Error(fmt::format("cannot read the hostfile '{}'{}", path, looked_in(path)),
                "give [mpirun] hostfile a file with one host per line");
  }
  const std::vector<std::string> out = each_once(parse_hostfile(text.str(), path));
  if (out.empty()) {
    throw Error(fmt::format("the hostfile '{}' names no host", path), "write one host per line");
  }
  return out;
}

MpirunLauncher::MpirunLauncher(MpirunOptions options, std::vector<std::string> hosts,
                               std::string first_core, bool as_root, MpiFamily family, bool alone)
    : options_(std::move(options)),
      hosts_(std::move(hosts)),
      direct_(std::move(first_core)),
      as_root_(as_root),
      family_(family),
      alone_(alone) {}

bool MpirunLauncher::is_direct(const Job& job) const {
  const bool is_alone = alone_ && job.model.alone && job.placement.ranks() == 1;
  return hosts_.empty() && (!job.model.ranked || is_alone);
}

/// A rank that is started alone reads MCA parameters from its environment.
Command MpirunLauncher::direct_command(const Job& job) const {
  Command out = direct_.command(job);
  if (!job.model.ranked) return out;
  for (const auto& [name, value] : options_.mca) out.environment["OMPI_MCA_" + name] = value;
  return out;
}

Command MpirunLauncher::command(const Job& job) const {
  if (is_direct(job)) return direct_command(job);
  const auto there = static_cast<std::int64_t>(std::max<std::size_t>(1, hosts_.size()));
  if (job.placement.nodes > there) {
    throw Error(fmt::format("{} nodes requested, {} known", job.placement.nodes, there),
                "name more hosts in [mpirun] hosts or hostfile");
  }

  const MpirunWords& say = mpirun_words(family_);
  Command out;
  out.argv = {options_.program, "-np", std::to_string(job.placement.ranks())};
  if (!hosts_.empty()) append(out.argv, say.hosts(hosts_, job.placement));
  append(out.argv, (job.oversubscribe ? say.oversubscribed : say.bound)(job.placement));
  append(out.argv, mca_words(options_));
  append(out.argv, options_.options);
  std::map<std::string, std::string> variables =
      openmp_environment(job.placement.threads, job.oversubscribe);
  for (const auto& [name, value] : job.environment) variables[name] = value;
  for (const auto& [name, value] : variables) append(out.argv, say.variable(name, value));
  append(out.argv, job.driver);
  append(out.argv, {"--record", job.record});
  out.environment = say.environment(as_root_);
  return out;
}

Outcome MpirunLauncher::run(const Job& job) {
  Outcome outcome = run_job(command(job), job);
  if (is_direct(job)) return outcome;
  outcome.via = "mpirun";
  if (family_ == MpiFamily::mpich) correct_hydra_end(outcome);
  return outcome;
}

LauncherType mpirun_launcher() {
  return {.name = "mpirun",
          .help = "models of one process directly",
          .traits = {.on_hosts = true},
          .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
            return std::make_unique<MpirunLauncher>(setup.campaign.mpirun, setup.hosts,
                                                    setup.first_core, geteuid() == 0, setup.mpirun,
                                                    std::getenv("SLURM_STEP_ID") == nullptr);
          }};
}

}  // namespace scalelaw::harness
