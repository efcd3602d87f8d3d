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

/// The place is a line and a character of it, or of a text of one line the character alone.
Error not_json(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, std::min(text.size(), byte == 0 ? 0 : byte - 1));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const bool one_line = text.find('\n') == std::string_view::npos;
  return Error(fmt::format("{}it is not JSON from character {} on",
                           one_line ? "" : fmt::format("line {}: ", line),
                           before.size() - (before.rfind('\n') + 1) + 1),
               "give the file as the other program wrote it");
}

}  // namespace

nlohmann::json parse_foreign(std::string_view text) {
  if (const std::size_t depth = nesting(text); depth > deepest_nesting) {
    throw Error(
        fmt::format("JSON is nested {} levels deep; the limit is {}", depth, deepest_nesting),
        "give the file as the other program wrote it");
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw not_json(text, error.byte);
  } catch (const nlohmann::json::out_of_range&) {
    throw Error("a number in it is too large", "write numbers up to 1e308");
  }
}

}  // namespace scalelaw
