#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace scalelaw::harness {

/// What `program` prints on stdout when called with `words`, for a short question such as
/// --describe.
/// Errors: throws Error with the driver's own words when it complains, and otherwise with why it
/// cannot be used, and the remedy: it cannot be executed, lacks a library or a Python module,
/// crashes, or gives no answer within `patience_s`.
std::string ask_driver(const std::filesystem::path& program, const std::vector<std::string>& words,
                       double patience_s = 30);

}  // namespace scalelaw::harness
