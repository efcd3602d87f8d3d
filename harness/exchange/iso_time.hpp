#pragma once

#include <optional>
#include <string>

namespace scalelaw::harness {

/// A moment that a program wrote as ISO 8601, as this program writes it: "2026-01-02T03:04:05Z".
/// Both forms are known ("2026-01-02T03:04:05+01:00", "20260102T030405+0100"), and a day alone.
/// Without an offset it is UTC.  Nothing when it is none.
std::optional<std::string> utc_time(const std::string& text);

}  // namespace scalelaw::harness
