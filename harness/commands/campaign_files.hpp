#pragma once

#include <string>
#include <vector>

#include "harness/commands/prepare.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// Where a campaign's files go that names no --output: results/NAME-TIME, without an ending.
std::string default_output(const std::string& name);

/// Makes the folder of `output`.
/// Errors: throws Error when it cannot be made, or not be written.
void require_output(const std::string& output);

/// A results file took hours, perhaps: it is not replaced unless that is asked for.
/// Errors: throws Error when there is a file `output` and `overwrite` is false.
void require_free(const std::string& output, bool overwrite);

/// Everything of the results that is known before the first launch.
Results results_of(const Prepared& prepared);

/// Prints one line per point without a good end, and one in all; the exit code: failures when a
/// point failed or is still to be measured.
int print_end(const Results& results, const std::string& output);

/// The help of the argument that names a submitted campaign.
constexpr const char* which_campaign =
    "its folder, or its config (the newest submitted campaign of that name); default: the newest";

/// What a user should know of a search, on stderr.
void print_notes(const std::vector<std::string>& notes);

}  // namespace scalelaw::harness
