#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "adapter/definition.hpp"
#include "adapter/part.hpp"
#include "adapter/session.hpp"

namespace scalelaw::adapter {

/// The samples of the record, without their indices, that some runs of a command give together: each
/// run consists of the parts of its ranks.  By the wall clock, a run's time is that of its slowest
/// process.  By `time`, each match is a sample: that of the slowest rank that prints any.  Several
/// runs are a batch, whose mean is taken.
/// `ranks`: how many processes were started; parts may be missing.
/// Errors: throws RunFailure for a `time` that finds nothing, more than the process lasted, or not
///         as much in every run of a batch.
std::vector<nlohmann::json> samples_of(const Definition& definition,
                                       const std::vector<std::vector<Part>>& runs,
                                       std::int64_t ranks);

}  // namespace scalelaw::adapter
