#pragma once

#include <string>
#include <vector>

#include "harness/commands/prepare.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

/// `stem`, or with -2, -3 ... behind it the first name that no folder, results file or journal has.
std::string free_output(const std::string& stem);

/// Where the files of a campaign without --output go: a free results/NAME-TIME, without an extension.
std::string default_output(const std::string& name);

/// Makes the folder of `output`.
/// Errors: throws Error when it cannot be made or written.
void require_output(const std::string& output);

/// A results file may have taken hours: it is replaced only on request.
/// Errors: throws Error when there is a file `output` and `overwrite` is false.
void require_free(const std::string& output, bool overwrite);

/// The part of the results that is known before the first launch.
Results results_of(const Prepared& prepared);

/// Prints a line for each point that did not succeed, and a summary.  Returns the exit code:
/// failures when a point failed or is still to be measured.
int print_end(const Results& results, const std::string& output);

/// The help of the argument that names a submitted campaign.
constexpr const char* which_campaign =
    "the campaign's folder, or its config (for the newest submitted campaign of that name); "
    "default: the newest submitted campaign";

/// Prints what a user should know about a search, on stderr.
void print_notes(const std::vector<std::string>& notes);

}  // namespace scalelaw::harness
