#pragma once

#include <string>
#include <vector>

#include "harness/exchange/measurement.hpp"

namespace scalelaw::harness {

/// The metric to read of those that a file has: that of the options, or the only one that is a time
/// by its name.
/// Errors: throws Error that lists them when none or several are.
std::string chosen_metric(const std::vector<std::string>& names, const ImportOptions& options);

}  // namespace scalelaw::harness
