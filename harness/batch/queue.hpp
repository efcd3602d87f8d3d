#pragma once

#include <map>
#include <string>

#include "harness/batch/batch.hpp"

namespace scalelaw::harness {

/// What a state that a batch system prints means for a job.
enum class JobStage {
  queued,     ///< it has not started
  running,    ///< it has nodes, even if it is stopped on them for now
  ending,     ///< its last processes, or its files, are on the way
  requeued,   ///< it ran, and is to start again
  preempted,  ///< it ended, and starts again if it was submitted so
  ended,      ///< for good
  unknown     ///< a state that this program has not heard of
};

/// What a batch system's queue says about a job.
struct QueuedJob {
  std::string state;   ///< in the system's own words: PENDING, RUNNING, COMPLETED ...
  std::string reason;  ///< why it waits, or failed; empty: nothing to say
  std::string script;  ///< the file that it runs
  JobStage stage = JobStage::unknown;

  /// Whether it may still measure something.  `requeue`: the system was asked to start it again when
  /// it is preempted.  A job in a state that nobody has heard of may: to start a second one would
  /// spoil both.
  [[nodiscard]] bool alive(bool requeue) const;
};

/// The jobs of a campaign that are in the queue, from one query for all.  Excludes numbers that now
/// belong to other jobs, since a new controller counts from 1 again, and jobs of the campaign that
/// this one is a copy of.
/// Errors: throws Error when the batch system does not answer.
std::map<std::string, QueuedJob> ask_queue(const Batch& batch);

/// Looks in the queue for jobs whose submission was cut short before their number was noted, and
/// notes it.  Returns whether there was one.
/// Errors: as ask_queue.
bool find_lost_numbers(Batch& batch);

/// Whether the jobs of a campaign are queued again when they are preempted.
bool requeues(const BatchOptions& options);

/// How long to wait before the next poll: doubling from 2 s to a minute while nothing changes.
double next_pause_s(double pause_s, bool changed);

}  // namespace scalelaw::harness
