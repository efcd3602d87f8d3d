#pragma once

namespace scalelaw::harness {

/// The remedy for a file that cannot be what scalelaw wrote.
inline constexpr const char* damage_hint =
    "restore the file from a copy, or run the campaign again";

}  // namespace scalelaw::harness
