#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "harness/batch/batch.hpp"

namespace scalelaw::harness {

/// What a state of SLURM's means for a job.
enum class JobStage {
  queued,    ///< it has not started
  running,   ///< it has nodes, even if it is stopped on them for now
  ending,    ///< its last processes, or its files, are on the way
  requeued,  ///< it ran, and is to start again
  ended,     ///< for good
  unknown    ///< a state that this program has not heard of
};
constexpr auto enum_names(JobStage) {
  return std::array<std::string_view, 6>{"queued",   "running", "ending",
                                         "requeued", "ended",   "unknown"};
}

/// The stage of a job whose state squeue prints as `state`.
/// Source: squeue(1) of SLURM 22.05, JOB STATE CODES, and the states that SLURM 23 to 25 added.
JobStage stage_of(std::string_view state);

/// What SLURM's queue says about a job.
struct QueuedJob {
  std::string state;   ///< PENDING, RUNNING, COMPLETED ...
  std::string reason;  ///< why it waits, or failed
  std::string script;  ///< the file that it runs

  /// Whether it may still measure something.  `requeue`: SLURM was asked to start it again when it
  /// is preempted.  A job in a state that nobody has heard of may: to start a second one would
  /// spoil both.
  [[nodiscard]] bool alive(bool requeue) const;
};

/// As `squeue --format='%i|%T|%r|%o'` prints jobs, by number.
std::map<std::string, QueuedJob> parse_queue(const std::string& text);

/// The jobs of a campaign that are in SLURM's queue, from one query for all.  Excludes numbers that
/// now belong to other jobs, since a new controller counts from 1 again, and jobs of the campaign
/// that this one is a copy of.
/// Errors: throws Error when SLURM does not answer.
std::map<std::string, QueuedJob> ask_queue(const Batch& batch);

/// Looks in the queue for jobs whose submission was cut short before their number was noted, and
/// notes it.  Returns whether there was one.
/// Errors: as ask_queue.
bool find_lost_numbers(Batch& batch);

/// Whether the jobs of a campaign are queued again when they are preempted.
bool requeues(const SlurmOptions& slurm);

/// How long to wait before the next poll: doubling from 2 s to a minute while nothing changes.
double next_pause_s(double pause_s, bool changed);

}  // namespace scalelaw::harness
