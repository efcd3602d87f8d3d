#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/batch/job_script.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// A campaign that was cut into batch jobs: a folder with one file for all (the plan, its jobs and
/// their numbers) and for each job its script, its log, and its results or its journal.
struct Batch {
  std::filesystem::path folder;          ///< where it is, absolute
  std::filesystem::path written_for;     ///< where it was when its scripts were written
  std::filesystem::path working_folder;  ///< where relative paths of its config begin
  std::filesystem::path drivers;         ///< folder
  std::string scheduler = "slurm";       ///< the name of the one that runs its jobs
  Results plan;                          ///< without launches
  std::vector<BatchJob> jobs;

  [[nodiscard]] std::string file(const BatchJob& job, const char* ending) const {
    return (folder / (job.name + ending)).string();
  }
  /// Whether a scheduler was ever asked to take one of its jobs.
  [[nodiscard]] bool submitted() const;
};

/// The file of a Batch in its folder.
constexpr const char* batch_file = "campaign.json";

/// How one of a campaign's jobs measures its points: as the config says, or with its share of their
/// launches and budgets where several allocations measure each point.
Measuring measuring_of_job(const Measuring& measuring, const BatchOptions& options);

/// What to know of the number of allocations before they are asked for; none: nothing.  `table`:
/// the config's that says it, e.g. "[slurm]".
std::vector<std::string> notes_on_allocations(const BatchOptions& options,
                                              const std::string& table);

/// Cuts a plan into jobs, one for each allocation, and gives each what its points need: the time
/// that the plan grants them, and cores and memory of nodes like `node`.
std::vector<BatchJob> cut_into_jobs(const std::vector<Point>& points, const Measuring& measuring,
                                    const BatchOptions& options, const SlurmNode& node);

/// `path` as a Batch has its folder: absolute, without "..", or a '/' at its end.
std::filesystem::path plain_folder(const std::filesystem::path& path);

/// Writes the folder's file, by a rename: a reader finds the old or the new.
/// Errors: throws Error when the folder cannot be written.
void write_batch(const Batch& batch);

/// Errors: throws Error when the folder has no such file, or a damaged one.
Batch read_batch(const std::filesystem::path& folder);

/// The results of one job's points so far: from its journal, else from its results file, else none.
/// Errors: throws Error when that file is damaged.
Results results_so_far(const Batch& batch, const BatchJob& job);

/// One file of all jobs: the plan with all launches so far, judged again.  Launches of
/// different jobs that report different results of one input become wrong results.
Results collect(const Batch& batch);

}  // namespace scalelaw::harness
