#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace scalelaw::harness {

/// An object as one line of JSON, newline included, whose first key holds the CRC-32 (zlib's) of
/// everything after it: {"crc32":"9be3e0a3","journal": ... }.  Bytes that are not UTF-8, which a
/// log may contain, are replaced.
std::string checked_line(const nlohmann::json& object);

/// Whether a line was written as a checked line.  It may be damaged.
bool is_checked_line(std::string_view line);

/// The object of a line without its newline.
/// Errors: throws Error when its checksum is missing or does not match, and
///         nlohmann::json::exception when it is not JSON.
nlohmann::json parse_checked_line(std::string_view line);

}  // namespace scalelaw::harness
