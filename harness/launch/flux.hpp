#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {

/// The nodes in what `flux resource list --format='{nnodes} {ncores}'` prints, a line for each kind:
/// how many, and the least cores of one.  `count`: how many to name; 0: all.
/// Errors: throws Error for another form, and when there are fewer than `count`.
Allocation parse_flux_nodes(const std::string& text, std::int64_t count);

/// The nodes that a job of `count` nodes gets in the instance of Flux that this process talks to.
/// `queue`: empty: any.
/// Errors: throws Error when Flux does not answer, or does not have that many nodes.
Allocation flux_nodes(const std::string& queue, std::int64_t count);

/// Runs one of Flux's commands and returns what it printed.
/// Errors: throws Error with its message when it fails, or does not answer within a minute.
std::string ask_flux(const std::vector<std::string>& words);

/// The remedy for a complaint of Flux's commands.
std::string flux_hint(const std::string& fault);

/// Starts the driver as a job of the Flux instance around this process.  A launch that is ended
/// early is cancelled there, by a name of its own.
class FluxLauncher : public Launcher {
 public:
  FluxLauncher(BatchOptions options, Allocation allocation);

  /// Errors: throws Error for more nodes than there are, and for more workers than cores.
  [[nodiscard]] Command command(const Job& job) const override;
  Outcome run(const Job& job) override;

 private:
  BatchOptions options_;
  Allocation allocation_;
};

}  // namespace scalelaw::harness
