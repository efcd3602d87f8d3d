#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/batch/job_script.hpp"
#include "harness/launch/slurm.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// A campaign that was cut into batch jobs: a folder with one file for all (the plan, its jobs and
/// their numbers) and for each job its script, its log, and its results or its journal.
struct Batch {
  std::filesystem::path folder;  ///< absolute
  Results plan;                  ///< without launches
  std::vector<BatchJob> jobs;

  [[nodiscard]] std::string file(const BatchJob& job, const char* ending) const {
    return (folder / (job.name + ending)).string();
  }
};

/// The file of a Batch in its folder.
constexpr const char* batch_file = "campaign.json";

/// Cuts a plan into jobs, and gives each what its points need: the time that the plan grants them,
/// and cores and memory of nodes like `node`.
std::vector<BatchJob> cut_into_jobs(const std::vector<Point>& points, const Campaign& campaign,
                                    const SlurmNode& node);

/// Writes the folder's file, by a rename: a reader finds the old or the new.
/// Errors: throws Error when the folder cannot be written.
void write_batch(const Batch& batch);

/// Errors: throws Error when the folder has no such file, or a damaged one.
Batch read_batch(const std::filesystem::path& folder);

/// The campaign that a person means by `text`: its folder, its config (then the newest of that name
/// in results/), or nothing (the newest of all).
/// Errors: throws Error when there is none.
Batch find_batch(const std::string& text);

/// What is there of one job's points: its journal when there is one, else its results file, else
/// its points alone.
Results results_so_far(const Batch& batch, const BatchJob& job);

/// One file of all jobs: the plan, with every launch that there is, judged anew.  Launches of
/// different jobs that tell different results of one input become wrong results.
Results collect(const Batch& batch);

}  // namespace scalelaw
