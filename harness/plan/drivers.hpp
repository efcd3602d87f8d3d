#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// The folder with the drivers: `chosen` when not empty, else $SCALELAW_DRIVERS, else the folder of
/// the running program.
/// Errors: throws Error when it holds no driver at all.
std::filesystem::path find_drivers(const std::string& chosen);

/// The program that runs a model in `folder`, or a peer's implementation of it; whether or not it
/// is there.  scalelaw-MODEL, or scalelaw-peer-NAME.
std::filesystem::path driver_program(const std::filesystem::path& folder, Model model,
                                     const std::string& implementation = "scalelaw");

/// The names of the peers whose drivers are in `folder`, sorted.
std::vector<std::string> find_peers(const std::filesystem::path& folder);

/// A parameter's or option's words on a driver's command line: --name-with-dashes value.  A true
/// boolean is a bare flag, a false one nothing.
std::vector<std::string> option_words(const std::string& name, const nlohmann::json& value);

}  // namespace scalelaw::harness
