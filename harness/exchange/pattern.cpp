#include "harness/exchange/pattern.hpp"

#include <fmt/format.h>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

/// Without it, ^ and $ are the ends of the text; logs have lines.
constexpr const char* by_lines = "(?m)";

}  // namespace

Pattern::Pattern(const std::string& expression, std::string_view option)
    : expression_(by_lines + expression) {
  if (const std::string fault = RegularExpression(expression).fault(); !fault.empty()) {
    throw Error(fmt::format("{} '{}' is not a regular expression: {}", option, expression, fault),
                "see https://github.com/google/re2/wiki/Syntax; quote it from the shell");
  }
  if (expression_.groups() < 1) {
    throw Error(fmt::format("{} '{}' has no group", option, expression),
                "put the number that is wanted in parentheses: 'elapsed: ([0-9.]+)'");
  }
}

std::optional<Pattern::Match> Pattern::find(std::string_view text) const {
  const std::vector<Match> all = find_all(text);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<Pattern::Match> Pattern::find_all(std::string_view text) const {
  std::vector<Match> out = expression_.matches_in(text);
  std::erase_if(out, [](const Match& match) { return !match.took_part; });
  return out;
}

}  // namespace scalelaw::harness
