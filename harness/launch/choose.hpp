#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/mpi/family.hpp"
#include "launcher_list.hpp"

namespace scalelaw::harness {

/// What is needed to make a launcher.
struct LauncherSetup {
  const Campaign& campaign;
  std::vector<std::string> hosts;          ///< host_names() of the campaign's [mpirun]
  std::string first_core;                  ///< Machine::first_core
  MpiFamily mpirun = MpiFamily::open_mpi;  ///< whose mpirun it is
  std::optional<Allocation> allocation;
  std::int64_t cores = 0;                     ///< of a node, as planned for
  std::int64_t nodes = 1;                     ///< likewise
  double memory_bytes = 0;                    ///< of this machine, available; 0: unknown
  std::shared_ptr<const Results> measured{};  ///< what a simulation starts from; null: nothing
};

/// A way to start the drivers.
struct LauncherType {
  std::string name;  ///< as --launcher takes it
  std::string help;  ///< beside the name
  LauncherTraits traits;
  std::unique_ptr<Launcher> (*make)(const LauncherSetup& setup);
  /// Of one that needs an allocation: the one around this process.
  /// Errors: throws Error when there is none.
  Allocation (*allocation)() = nullptr;
};

/// All launchers; the first is the default.
const std::vector<LauncherType>& launcher_types();

/// The launcher that only pretends.
const LauncherType& pretending_launcher();

/// The launcher with this name.
/// Errors: throws Error, naming all launchers, for an unknown name.
const LauncherType& find_launcher(const std::string& name);

/// The source of the times from a launcher with these traits.
TimeSource clock_of(const LauncherTraits& traits);

}  // namespace scalelaw::harness
