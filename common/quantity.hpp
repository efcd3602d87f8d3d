#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scalelaw {

/// A count as people write it: 1000, 10_000, 1e9, 2.5e6, 4Ki, 4Mi, 4Gi, 4Ti (powers of 1024),
/// 4k, 4M, 4G, 4T (powers of 1000), with an optional trailing B.
/// Errors: throws Error when the text is not a number, is negative, is not whole
/// (1.5 is refused, 1.5e3 is 1500), or exceeds 2^63 - 1.
std::int64_t parse_count(std::string_view text);

/// `bytes` in the largest binary unit that keeps at least one digit: "40 GiB", "1.5 KiB", "12 B".
std::string format_bytes(double bytes);

/// `seconds` with three significant digits and the unit that fits: "1.23 ms", "12.3 s".
std::string format_seconds(double seconds);

}  // namespace scalelaw
