#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace scalelaw {

/// The deepest nesting that parse_foreign() accepts; a record needs five levels.
constexpr std::size_t deepest_nesting = 64;

/// Parses JSON that another program wrote.  Copying, comparing and printing a value recurse, so a
/// text nested without bound would overflow the stack long after it was parsed.
/// Errors: throws Error when it is nested deeper than deepest_nesting, and, with the place, when it is
///         not JSON or has a number that no double holds.
nlohmann::json parse_foreign(std::string_view text);

}  // namespace scalelaw
