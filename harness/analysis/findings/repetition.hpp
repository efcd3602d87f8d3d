#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/report.hpp"

namespace scalelaw::harness {

/// How much repetition would narrow the intervals of these points to the target, as a remedy:
/// "about 49 min more of measuring".  Nothing where none would.
std::optional<std::string> more_repetition(const Report& report,
                                           const std::vector<std::int64_t>& wide);

}  // namespace scalelaw::harness
