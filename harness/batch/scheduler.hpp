#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/batch/batch.hpp"
#include "harness/batch/job_script.hpp"
#include "harness/batch/queue.hpp"
#include "harness/config/campaign.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {

/// How a scheduler took a job script.  A refusal is data: what to do about it depends on which job
/// it was of.
struct Submission {
  std::string id;     ///< the job's number; empty: there is none
  std::string fault;  ///< why not
  std::string hint;
  bool unsure = false;  ///< no clear answer: the job may be queued all the same
};

/// A batch system, as campaigns use one.  Each is a file in harness/batch/schedulers and its
/// function's name in harness/CMakeLists.txt.
struct Scheduler {
  std::string name;           ///< as configs and options take it
  std::string title;          ///< in sentences
  std::string program;        ///< by which it is found, e.g. "sbatch"; empty: it is always there
  bool here = false;          ///< its jobs run on this machine
  std::string script_ending;  ///< of the scripts' names, e.g. ".sbatch"
  std::string mark;           ///< that begins a directive, e.g. "#SBATCH"; empty: it has none
  std::string launcher;       ///< that starts the drivers in its jobs
  std::string warning;        ///< what its scripts say of the signal before a job's end
  BatchOptions Campaign::*options = nullptr;  ///< null: it has none

  /// The lines of a job's script that the system reads, without the last line's end.
  std::string (*directives)(const BatchJob&, const Campaign&, const JobScript&) = nullptr;
  /// The shell text that runs the job's command; null: its words as they are.
  std::string (*start)(const BatchJob&, const Campaign&, const JobScript&) = nullptr;
  /// The nodes that jobs of so many will get, for a plan that is made outside any; none: those that
  /// `scalelaw run` would use here.
  std::optional<Allocation> (*nodes)(const BatchOptions&, std::int64_t count) = nullptr;
  Submission (*submit)(const std::string& script) = nullptr;
  /// What the queue says of these jobs, by number.  Forgotten ones are missing.
  /// Errors: throws Error when the system does not answer.
  std::map<std::string, QueuedJob> (*query)(const std::vector<std::string>& ids) = nullptr;
  /// All jobs of this user.
  std::map<std::string, QueuedJob> (*query_all)() = nullptr;
  /// Errors: throws Error when the system refuses, also for jobs that have ended in the meantime.
  void (*cancel)(const std::vector<std::string>& ids) = nullptr;
};

/// All of them, in the order in which they are looked for.
const std::vector<Scheduler>& schedulers();

/// The scheduler to submit to: the one that is named or, for "auto", the first that is found.  The
/// local queue is always there, and so is never found: jobs must not measure on a login node because
/// a module was not loaded.
/// Errors: throws Error when its commands are not in PATH, and when none is found.
const Scheduler& choose_scheduler(const std::string& name);

/// The scheduler with this name.
/// Errors: throws Error, naming all, for an unknown name.
const Scheduler& find_scheduler(const std::string& name);
const Scheduler& scheduler_of(const Batch& batch);

/// What the campaign asks of this scheduler.
const BatchOptions& options_of(const Campaign& campaign, const Scheduler& scheduler);
const BatchOptions& options_of(const Campaign& campaign, const Batch& batch);

/// The file of a job's script.
std::string script_file(const Batch& batch, const BatchJob& job);

}  // namespace scalelaw::harness
