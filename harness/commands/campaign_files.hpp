#pragma once

#include <string>

#include "harness/commands/prepare.hpp"
#include "harness/results.hpp"

namespace scalelaw {

/// Where a campaign's files go that names no --output: results/NAME-TIME, without an ending.
std::string default_output(const std::string& name);

/// Makes the folder of `output`.
/// Errors: throws Error when it cannot be made, or not be written.
void require_output(const std::string& output);

/// Everything of the results that is known before the first launch.
Results results_of(const Prepared& prepared);

/// Prints one line per point without a good end, and one in all; the exit code.
int print_end(const Results& results, const std::string& output);

}  // namespace scalelaw
