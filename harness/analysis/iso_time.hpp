#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace scalelaw::harness {

/// Seconds since 1970 of a time such as "2026-01-02T03:04:05Z"; nothing for any other text.
std::optional<std::int64_t> seconds_of_iso(const std::string& text);

}  // namespace scalelaw::harness
