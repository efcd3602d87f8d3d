#pragma once

#include <string>
#include <vector>

#include "harness/exchange/measurement.hpp"

namespace scalelaw::harness {

/// The import that `options` belong to, with `more` words, as a person can paste it into a shell:
/// "scalelaw import times.csv --column workers=NP -o times.h5".
std::string import_command(const ImportOptions& options, const std::vector<std::string>& more);

}  // namespace scalelaw::harness
