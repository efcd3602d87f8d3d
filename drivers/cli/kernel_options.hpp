#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "drivers/cli/parameters.hpp"

namespace scalelaw::driver {

/// Adds to the help of --input which parameters it determines.
void describe_input(CLI::App& app, std::span<const std::string_view> determined);

/// Errors: throws Error when an option was given that --input determines.
void check_given(const CLI::App& app, std::span<const std::string_view> determined);

/// What `--describe` says of a kernel with those parameters.
nlohmann::json description(std::string_view kernel, const std::vector<Parameter>& parameters,
                           std::string_view size_parameter, nlohmann::json work);

}  // namespace scalelaw::driver
