#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Samples as JSON, by columns: {"count": 20, "total_s": [...], ..., "rank_total_s": [...], ...}.
/// One object per sample would be several times as large and as slow to read.
/// - The columns are those of the results file (results_columns.hpp), without their keys.
/// - `ranks` and `stages` are the numbers of ranks and stages of each sample.  `threads` is the
///   number of threads of each rank.
/// - Columns named rank_* have one entry for each rank of all samples, and so on.
/// - `phases` lists the launch's phases, each with the column of its seconds (null: a rank without
///   the phase).  The seconds of a sample are the largest of its ranks'.
/// - A column whose entries are all the same is {"each": ENTRY}.
/// - Null stands for an object equal to that of the row before.
nlohmann::json samples_to_json(std::span<const Sample> samples);

/// Reads the samples back.  Sample::launch is 0.  A number that JSON cannot hold becomes NaN.
/// Errors: throws nlohmann::json::exception on a missing key or a wrong type, and Error when
///         columns differ in length.
std::vector<Sample> samples_from_json(const nlohmann::json& columns);

}  // namespace scalelaw::harness
