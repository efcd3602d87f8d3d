#pragma once

#include <string>

#include "harness/config/campaign.hpp"
#include "harness/launch/backoff.hpp"
#include "harness/launch/launcher.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {

/// How a step ended, from what srun printed about its tasks.  srun's own exit code does not tell:
/// it is the largest of all tasks', usually of tasks that srun ended because another had failed.
struct StepEnd {
  int cause = 0;  ///< exit code of the first task that failed by itself, or was killed; 0: none did
  int asked = 0;  ///< the first signal asking for an end that a task died of; 0: none did
};
StepEnd step_end(const std::string& log);

/// SLURM's srun, inside an allocation.  Each launch is a step on the first nodes of the allocation,
/// so placements are nested.  Everything is passed explicitly, because what srun inherits from the
/// job differs between versions (--cpus-per-task since 22.05) and sites.  Steps run one at a time:
/// each has the memory of its nodes to itself.
class SrunLauncher : public Launcher {
 public:
  SrunLauncher(BatchOptions options, Allocation allocation, Pause pause = sleep_unless_interrupted);

  /// Errors: throws Error when the job needs more nodes than the allocation has.
  [[nodiscard]] Command command(const Job& job) const override;

  /// After a step that failed or left no record, SLURM is asked whether the allocation still
  /// exists, for up to five minutes while its controller does not answer.  When the allocation has
  /// ended, or somebody signalled the step to end, the outcome is `interrupted`, however the ranks
  /// died.  Such a launch says nothing about the driver, and the campaign should end cleanly.  If
  /// the controller never answered, that is the outcome's cause.  A step that had to be ended is
  /// gone when this returns, unless that took more than a minute.
  Outcome run(const Job& job) override;

 private:
  enum class Answer { alive, ended, none };

  [[nodiscard]] Answer ask_allocation() const;
  [[nodiscard]] Answer insist_on_answer() const;
  void end_steps() const;

  BatchOptions options_;
  Allocation allocation_;
  Pause pause_;
};

}  // namespace scalelaw::harness
