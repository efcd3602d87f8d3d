#pragma once

#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/mpi/family.hpp"

namespace scalelaw::harness {

/// The hosts that the `[mpirun]` table names, each once: `hosts`, else those of `hostfile`
/// (config/hosts.hpp).
/// Errors: throws Error when the hostfile cannot be read, names no host, or has an invalid entry.
std::vector<std::string> host_names(const MpirunOptions& options);

/// The words of mpirun's command line for the MCA parameters; only Open MPI has any.
std::vector<std::string> mca_words(const MpirunOptions& options);

/// The mpirun of a family of MPI (mpi/mpirun_words.hpp).  Binding is requested explicitly.  Models of
/// one process are started directly, and so is a single rank of a model that can start alone: mpirun
/// and the exchange of addresses in MPI_Init would take longer than most passes.  If hosts are named,
/// the first host runs them, by mpirun.
class MpirunLauncher : public Launcher {
 public:
  /// `hosts`: those of host_names(); empty: this machine.  `as_root`: tell mpirun that root may run
  /// it.  `family`: whose mpirun it is.  `alone`: single ranks may start alone.  They may not inside
  /// a step of srun, whose variables make them join it.
  MpirunLauncher(MpirunOptions options, std::vector<std::string> hosts, std::string first_core,
                 bool as_root, MpiFamily family = MpiFamily::open_mpi, bool alone = true);

  /// Errors: throws Error when the job needs more nodes than there are hosts.
  [[nodiscard]] Command command(const Job& job) const override;
  Outcome run(const Job& job) override;

 private:
  [[nodiscard]] bool is_direct(const Job& job) const;
  [[nodiscard]] Command direct_command(const Job& job) const;

  MpirunOptions options_;
  std::vector<std::string> hosts_;
  DirectLauncher direct_;
  bool as_root_;
  MpiFamily family_;
  bool alone_;
};

}  // namespace scalelaw::harness
