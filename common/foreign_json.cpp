#include "common/foreign_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// How deeply the brackets of a JSON text are nested.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      deepest = std::max(deepest, ++depth);
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

nlohmann::json parse_foreign(std::string_view text) {
  if (const std::size_t depth = nesting(text); depth > deepest_nesting) {
    throw Error(
        fmt::format("JSON is nested {} levels deep; the limit is {}", depth, deepest_nesting),
        "see docs/record.md for the format");
  }
  return nlohmann::json::parse(text);
}

}  // namespace scalelaw
