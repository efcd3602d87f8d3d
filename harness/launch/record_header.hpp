#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "common/phase.hpp"
#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// The header of the record of a launch that starts no driver: what the job asks for, as a driver
/// would repeat it (docs/record.md).  The launcher adds what it did itself: ranks, samples, timer.
nlohmann::json record_header(const Job& job, const std::vector<Phase>& phases);

}  // namespace scalelaw::harness
