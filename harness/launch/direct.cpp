#include "harness/launch/direct.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "harness/launch/choose.hpp"
#include "harness/launch/job.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {

std::map<std::string, std::string> openmp_environment(std::int64_t threads, bool oversubscribe) {
  std::map<std::string, std::string> out{{"OMP_NUM_THREADS", std::to_string(threads)}};
  if (oversubscribe) {
    out["OMP_PROC_BIND"] = "false";
  } else {
    out["OMP_PLACES"] = "cores";
    out["OMP_PROC_BIND"] = "close";
  }
  return out;
}

Command DirectLauncher::command(const Job& job) const {
  if (job.placement.ranks() != 1) {
    throw Error(
        fmt::format("the direct launcher starts one process, not {} ranks", job.placement.ranks()),
        "use --launcher mpirun");
  }
  Command command{job.driver, openmp_environment(job.placement.threads, job.oversubscribe), {}};
  command.argv.emplace_back("--record");
  command.argv.push_back(job.record);
  if (job.placement.threads == 1 && !job.oversubscribe) command.cpus = first_core_;
  // Else MPI_Init of Open MPI 4 starts a daemon first, for processes that such a rank never starts.
  if (job.model.alone) command.environment["OMPI_MCA_ess_singleton_isolated"] = "1";
  for (const auto& [name, value] : job.environment) command.environment[name] = value;
  return command;
}

Outcome DirectLauncher::run(const Job& job) {
  return run_job(command(job), job);
}

LauncherType direct_launcher() {
  return {.name = "direct",
          .help = "one rank at most",
          .traits = {},
          .make = [](const LauncherSetup& setup) -> std::unique_ptr<Launcher> {
            return std::make_unique<DirectLauncher>(setup.first_core);
          }};
}

}  // namespace scalelaw::harness
