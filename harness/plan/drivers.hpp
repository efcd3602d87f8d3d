#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/results/program_name.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The folder with the drivers: `chosen` when not empty, else $SCALELAW_DRIVERS, else that of this
/// program's own.
/// Errors: throws Error when it contains no driver.
std::filesystem::path find_drivers(const std::string& chosen);

/// The names of the models, or peers, whose drivers are in `folder`, sorted.
std::vector<std::string> find_models(const std::filesystem::path& folder);
std::vector<std::string> find_peers(const std::filesystem::path& folder);

/// A parameter's or option's words on a driver's command line: --name-with-dashes value.  A true
/// boolean is a bare flag, a false one nothing.
std::vector<std::string> option_words(const std::string& name, const nlohmann::json& value);
/// Likewise for all members of an object.
std::vector<std::string> option_words(const nlohmann::json& values);

}  // namespace scalelaw::harness
