#pragma once

#include "harness/analysis/report.hpp"
#include "harness/render/layout.hpp"

namespace scalelaw::harness {

/// How near each simulated series came to what was measured, and where what was predicted from the
/// measurements leaves it.
Section simulation_section(const Report& report);

}  // namespace scalelaw::harness
