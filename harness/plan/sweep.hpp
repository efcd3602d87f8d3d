#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Every combination of the settings' values, the last setting varying fastest: one object each.
std::vector<nlohmann::json> combinations(const std::vector<Setting>& settings);

/// What the drivers take for an option that is not given; nothing where that differs between
/// kernels (schedule).
std::optional<nlohmann::json> default_option(const std::string& name);

/// What of a combination of driver options a model can use, without those that are the default
/// anyway: schedule and chunk need threads; distribution, rank_chunk, scattered data and overlap
/// need ranks; overlap needs data to be scattered in fixed parts; a pipeline of files takes none of
/// these.
nlohmann::json usable_options(const nlohmann::json& options, Model model);

/// The distinct option sets of an experiment for a model, in order.
std::vector<nlohmann::json> option_sets(const Experiment& experiment, Model model);

/// Errors: throws Error when the experiment sets an option that none of its models can use.
void check_options_used(const Experiment& experiment, const std::string& file);

}  // namespace scalelaw::harness
