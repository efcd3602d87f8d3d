#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/render/compare.hpp"
#include "harness/results/results.hpp"

namespace scalelaw::harness {

// Reports for continuous integration, in the XML of JUnit as Jenkins and GitLab read it: a test
// suite a results file, a test case a point.  Times are those that launches took.

/// A campaign: a point that failed is a failure, a pending one an error, a skipped one is skipped.
/// Any other passes; what its marks say is in its output.
std::string run_junit(const Results& results);

/// Comparisons with one file: a point that became slower is a failure, and one that lost its time
/// an error, so that failures and errors are what the exit status is about.  A point that has no
/// time in either file, or is in one alone, is skipped.
std::string compare_junit(const std::vector<ComparedFile>& files, const Results& base);

}  // namespace scalelaw::harness
