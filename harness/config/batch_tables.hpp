#pragma once

#include "harness/config/campaign.hpp"
#include "harness/config/key.hpp"

namespace scalelaw::harness {

// The keys of each table.
const Keys<BatchOptions>& slurm_keys();
const Keys<BatchOptions>& pbs_keys();
const Keys<BatchOptions>& flux_keys();

/// Errors: throws Error for keys of these tables that contradict others of the campaign.
void check_batch_tables(const Campaign& campaign);

}  // namespace scalelaw::harness
