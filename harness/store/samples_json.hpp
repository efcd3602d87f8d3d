#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Samples column by column, which takes a fraction of the room of an object for each, and of the
/// time to read it: {"count": 20, "total_s": [...], ..., "rank_compute_s": [...], ...}.  The
/// columns named rank_* have an entry for each rank of each sample, `ranks` says how many each
/// sample has. A column whose entries are all the same is {"each": ENTRY}; facts that are those of
/// the sample before are null.
nlohmann::json samples_to_json(std::span<const Sample> samples);

/// The other way round; Sample::launch is 0.  A number that JSON cannot hold is NaN.
/// Errors: throws nlohmann::json::exception on a missing key or a wrong type, Error when columns
/// are
///         of unlike lengths.
std::vector<Sample> samples_from_json(const nlohmann::json& columns);

}  // namespace scalelaw::harness
