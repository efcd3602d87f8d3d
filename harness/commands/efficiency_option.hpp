#pragma once

#include <string>

namespace scalelaw::harness {

/// The efficiency that --efficiency names, "75%" or "0.75", in (0, 1).
/// Errors: throws Error for anything else.
double efficiency_from(const std::string& text);

}  // namespace scalelaw::harness
