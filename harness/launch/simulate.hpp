#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/process/outcome.hpp"
#include "harness/simulate/pass_costs.hpp"
#include "harness/simulate/timeline.hpp"
#include "harness/simulate/trace.hpp"

namespace scalelaw::harness {

/// What a simulation is made of.
struct Simulation {
  SimulateOptions options;
  std::shared_ptr<const Results> measured;
  std::int64_t nodes = 1, cores = 1;
  double memory_bytes = 0;  ///< available on this machine; 0: unknown
  std::int64_t seed = 1;
};

/// Starts no driver: SimGrid replays what the ranks of a pass would do on the machine of [simulate],
/// and the record has the simulated times.  All samples of a launch are one replay.
///
/// The replay's files are in a private folder beside the record, which is removed at the end.  If the
/// harness is killed, the folder goes with the other files of the campaign's launches.
class SimulateLauncher final : public Launcher {
 public:
  explicit SimulateLauncher(Simulation simulation) : simulation_(std::move(simulation)) {}

  /// Errors: throws Error when SimGrid, the measured campaign, or what it must tell is missing; and
  /// when the replay needs more memory than there is.
  [[nodiscard]] Command command(const Job& job) const override;
  Outcome run(const Job& job) override;

 private:
  Simulation simulation_;
};

/// One replay: what is simulated, and where its files are.
struct Replay {
  SimulateOptions options;
  std::int64_t nodes = 1, cores = 1;
  Placement placement;
  std::int64_t passes = 1;
  Draws draws{};
  std::string folder;       ///< new; made for the replay, and removed
  double timeout_s = 0;     ///< 0: none
  double memory_bytes = 0;  ///< available on this machine; 0: unknown
};

struct ReplayEnd {
  Outcome outcome;
  std::vector<SimulatedPass> passes;  ///< none when the outcome is a failure
};

/// Runs a replay by SimGrid.
/// Errors: throws Error when its files cannot be written, or its log is not as expected.
ReplayEnd replay(const Replay& what, const PassCosts& costs);

/// Errors: throws Error when SimGrid is missing.
void require_simgrid();

/// Errors: throws Error for what a replay at that placement lacks and no measurement gives: nodes, the
///         user's platform, memory.
void require_setup(const Simulation& simulation, const Placement& at);

/// The memory that a replay of so many ranks takes, about, beside its traces.
double replay_bytes(std::int64_t ranks);

}  // namespace scalelaw::harness
