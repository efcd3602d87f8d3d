#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/batch/queue.hpp"

namespace scalelaw::harness {

/// The stage of a job whose state squeue prints as `state`.
/// Source: squeue(1) of SLURM 22.05, JOB STATE CODES, and the states that SLURM 23 to 25 added.
JobStage slurm_stage(std::string_view state);

/// As `squeue --format='%i|%T|%r|%o'` prints jobs, by number.
std::map<std::string, QueuedJob> parse_squeue(const std::string& text);

/// The number in what `sbatch --parsable` printed, "NUMBER" or "NUMBER;CLUSTER" on a line that may
/// have a site's own words before it; empty: there is none.
std::string job_number(const std::string& printed);

}  // namespace scalelaw::harness
