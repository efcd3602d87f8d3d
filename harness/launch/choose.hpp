#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/launch/slurm.hpp"
#include "launcher_list.hpp"

namespace scalelaw::harness {

/// What launchers are made from.
struct LauncherSetup {
  const Campaign& campaign;
  std::vector<std::string> hosts;  ///< host_names() of the campaign's [mpirun]
  std::string first_core;          ///< Machine::first_core
  std::optional<Allocation> allocation;
};

/// A way to start the drivers.
struct LauncherType {
  std::string name;  ///< as --launcher takes it
  std::string help;  ///< beside the name
  LauncherTraits traits;
  std::unique_ptr<Launcher> (*make)(const LauncherSetup& setup);
};

/// All that there are; the first is the default.
const std::vector<LauncherType>& launcher_types();

/// The one that starts the steps of batch jobs.
const LauncherType& batch_launcher();

/// Errors: throws Error naming all for an unknown name.
const LauncherType& find_launcher(const std::string& name);

/// The source of the times that such a launcher measures.
TimeSource clock_of(const LauncherTraits& traits);

}  // namespace scalelaw::harness
