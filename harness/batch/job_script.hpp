#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// One batch job of a campaign.
struct BatchJob {
  std::string name;  ///< of its files: NAME.sbatch, NAME.h5, NAME.log
  std::int64_t nodes = 1;
  std::int64_t time_limit_min = 1;  ///< 0: none is asked for, so that the partition's counts
  std::int64_t points = 0;
  // Per node, unless whole nodes are requested:
  std::int64_t cpus = 1;        ///< as SLURM counts
  std::int64_t memory_mib = 0;  ///< for the input of the largest point, and the processes
  std::string id = {};          ///< SLURM's; empty: not submitted, or its number was lost
  std::string script = {};      ///< the path that sbatch was given; empty: it was not asked
};

/// What a job's script is made of, besides its job.
struct JobScript {
  std::string folder;                ///< of the campaign's files, absolute
  std::string working_folder;        ///< where relative paths of the config begin, absolute
  std::vector<std::string> command;  ///< of the harness, without --resume
};

/// `text` as sbatch reads one word of a #SBATCH line; `text` has no control characters.
std::string directive_word(const std::string& text);

/// The script of a job: slurm/job.sbatch.in with the job's values.  Each value from the config is
/// one word to sbatch and to the shell.  Exceptions: [slurm] setup is shell text on purpose, and
/// each of the [slurm] directives is one word to sbatch.
/// Errors: throws Error when the folder's path has a backslash.
std::string job_script(const BatchJob& job, const Campaign& campaign, const JobScript& script);

}  // namespace scalelaw::harness
