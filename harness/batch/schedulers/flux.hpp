#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/batch/queue.hpp"

namespace scalelaw::harness {

/// The stage of a job whose status flux jobs prints as `status`.
/// Source: flux-jobs(1), JOB STATUS.
JobStage flux_stage(std::string_view status);

/// As `flux jobs --format='{id.dec}|{status}|{name}|{cwd}'` prints jobs, by number.
std::map<std::string, QueuedJob> parse_flux_jobs(const std::string& text);

/// Whether all that `flux jobs` complained of is that it knows some of the numbers no more.  It does
/// so for jobs that were purged, also beside others that are known.
bool says_forgotten(const std::string& err);

}  // namespace scalelaw::harness
