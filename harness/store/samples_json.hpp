#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Samples column by column, which takes a fraction of the room of an object for each, and of the
/// time to read it: {"count": 20, "total_s": [...], ..., "rank_total_s": [...], ...}.  The columns
/// are those of the results file (results_columns.hpp), without their keys.  `ranks` says how many
/// ranks each sample has, `threads` how many threads each rank, `stages` how many stages each
/// sample; columns named rank_* have an entry for each rank of all samples, and so on.  `phases`
/// lists the launch's phases, each with the column of its seconds (null: a rank without it), whose
/// largest over ranks are those of the samples.  A column whose entries are all the same is
/// {"each": ENTRY}; an object that is that of the row before is null.
nlohmann::json samples_to_json(std::span<const Sample> samples);

/// The other way round; Sample::launch is 0.  A number that JSON cannot hold is NaN.
/// Errors: throws nlohmann::json::exception on a missing key or a wrong type, Error when columns
/// are of unlike lengths.
std::vector<Sample> samples_from_json(const nlohmann::json& columns);

}  // namespace scalelaw::harness
