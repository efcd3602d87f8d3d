#pragma once

#include <string>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw {

/// SLURM's srun, inside an allocation: each launch is a step on the first nodes of the allocation,
/// so that placements are nested.  Everything is passed explicitly, since what srun inherits from
/// the job differs between versions (--cpus-per-task since 22.05) and sites.
/// Steps run one at a time: each has the memory of its nodes to itself.
class SrunLauncher : public Launcher {
 public:
  SrunLauncher(SlurmOptions options, Allocation allocation);

  /// Errors: throws Error when the job needs more nodes than the allocation has.
  [[nodiscard]] Command command(const Job& job) const override;

  /// A step that had to be ended is gone when this returns, or a minute has passed.  When the
  /// allocation itself has ended the outcome is `interrupted`: the launch says nothing about the
  /// driver, and no further one can start.
  Outcome run(const Job& job) override;

 private:
  [[nodiscard]] bool allocation_lives() const;
  void end_steps() const;

  SlurmOptions options_;
  Allocation allocation_;
};

}  // namespace scalelaw
