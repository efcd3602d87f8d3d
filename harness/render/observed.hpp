#pragma once

#include "harness/analysis/report.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// A table of what the system and the processor told of each point while it was measured; without
/// rows when no driver tells.  Only what some point tells has a column.
Section observed_section(const Report& report);

}  // namespace scalelaw::harness
