#pragma once

#include <cstdint>
#include <string>

#include "harness/config/campaign.hpp"
#include "harness/config/key.hpp"

namespace scalelaw::harness {

// The keys of each table.
const Keys<BatchOptions>& slurm_keys();
const Keys<BatchOptions>& pbs_keys();
const Keys<BatchOptions>& flux_keys();

/// The seconds of a time limit as each table takes it; of Flux's a bare number is minutes.
std::int64_t pbs_seconds(const std::string& time);
std::int64_t flux_seconds(const std::string& time);

/// Errors: throws Error for keys of these tables that contradict others of the campaign.
void check_batch_tables(const Campaign& campaign);

}  // namespace scalelaw::harness
