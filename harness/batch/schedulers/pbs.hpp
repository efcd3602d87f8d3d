#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/batch/queue.hpp"
#include "harness/launch/slurm.hpp"

namespace scalelaw::harness {

/// The stage of a job whose state qstat prints as `state`, a letter.
/// Source: pbs_job_attributes(7B), job_state.
JobStage pbs_stage(std::string_view state);

/// As `qstat -x -f -F json` prints jobs, by number.
/// Errors: throws Error for text that is no JSON.
std::map<std::string, QueuedJob> parse_qstat(const std::string& text);

/// The nodes in what `pbsnodes -a -F json` prints that jobs can get: how many, and the least of each
/// resource.  `constraint`: "NAME=VALUE:...", which they must have; empty: any.
/// Errors: throws Error when there are fewer than `count`.
Allocation parse_pbsnodes(const std::string& text, const std::string& constraint,
                          std::int64_t count);

/// `text` as qsub reads one word of a #PBS line; `text` has no control characters.
std::string pbs_word(const std::string& text);

/// The remedy for a complaint of PBS's commands.
std::string pbs_hint(const std::string& fault);

}  // namespace scalelaw::harness
