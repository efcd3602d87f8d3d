#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

struct Scheduler;

/// One batch job of a campaign.
struct BatchJob {
  std::string name;  ///< of its files: e.g. NAME.sbatch, NAME.h5, NAME.log
  std::int64_t nodes = 1;
  std::int64_t time_limit_min = 1;  ///< 0: none is asked for, so that the partition's counts
  std::int64_t points = 0;
  // Per node, unless whole nodes are requested:
  std::int64_t cpus = 1;        ///< as the scheduler counts
  std::int64_t memory_mib = 0;  ///< for the input of the largest point, and the processes
  std::string id = {};          ///< the scheduler's; empty: not submitted, or its number was lost
  std::string script = {};      ///< the path that the scheduler was given; empty: it was not asked
  std::int64_t ranks = 1;       ///< the most per node
  std::int64_t threads = 1;     ///< the most per rank
  std::int64_t node_cpus = 0;   ///< of a whole node; 0: unknown
};

/// What a job's script is made of, besides its job.
struct JobScript {
  std::string folder;                ///< of the campaign's files, absolute
  std::string working_folder;        ///< where relative paths of the config begin, absolute
  std::vector<std::string> command;  ///< of the harness, without --resume
};

/// `text` as sbatch reads one word of a #SBATCH line; `text` has no control characters.
std::string directive_word(const std::string& text);

/// `words` as the shell reads them, each as it is.
std::string shell_words(const std::vector<std::string>& words);

/// The script of a job: slurm/job.sbatch.in with the job's values.  Each value from the config is
/// one word to the scheduler and to the shell.  Exceptions: `setup` is shell text on purpose, and
/// each of the `directives` is one word to the scheduler.
/// Errors: throws Error when the scheduler cannot write a log to the folder.
std::string job_script(const Scheduler& scheduler, const BatchJob& job, const Campaign& campaign,
                       const JobScript& script);

}  // namespace scalelaw::harness
