#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/launch/launcher.hpp"

namespace scalelaw::harness {

/// One start of the driver of `point`, which writes its record to `record`.  `start`: the words that
/// start that driver.
Job make_job(const Point& point, const Measuring& measuring, std::int64_t seed,
             const std::vector<std::string>& start, const std::string& record);
/// Likewise for a point of our own drivers or of a peer's in the folder `drivers`.
Job make_job(const Point& point, const Measuring& measuring, std::int64_t seed,
             const std::filesystem::path& drivers, const std::string& record);

/// The diagnostic samples of each launch of `point`.  A single rank waits for none, so there is
/// nothing that they could separate.
std::int64_t diagnostics_of(const Point& point, const Measuring& measuring);

/// Runs `command` within the job's time limit, marked with the folder of its record; otherwise as
/// run_process().
Outcome run_job(const Command& command, const Job& job);

}  // namespace scalelaw::harness
