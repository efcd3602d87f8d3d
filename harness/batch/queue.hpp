#pragma once

#include <map>
#include <string>

#include "harness/batch/batch.hpp"

namespace scalelaw {

/// What SLURM's queue says of a job.
struct QueuedJob {
  std::string state;   ///< PENDING, RUNNING, COMPLETED ...
  std::string reason;  ///< why it waits, or failed
  std::string script;  ///< the file that it runs

  /// Whether it may still measure something.
  [[nodiscard]] bool alive() const;
};

/// As `squeue --format='%i|%T|%r|%o'` prints jobs, by number.
std::map<std::string, QueuedJob> parse_queue(const std::string& text);

/// The jobs of a campaign that SLURM's queue knows, by one query for all.  A number that now
/// belongs to another job, since numbers begin anew on a new controller, is not among them. Errors:
/// throws Error when SLURM does not answer.
std::map<std::string, QueuedJob> ask_queue(const Batch& batch);

/// How long to wait before the next poll: doubling from 2 s to a minute while nothing changes.
double next_pause_s(double pause_s, bool changed);

}  // namespace scalelaw
