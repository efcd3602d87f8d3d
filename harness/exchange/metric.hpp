#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// The metric to read of those that a file has: `wanted`, or the only one that is a time by its name.
/// Errors: throws Error that lists them when none or several are.
std::string chosen_metric(const std::vector<std::string>& names, const std::string& wanted);

}  // namespace scalelaw::harness
