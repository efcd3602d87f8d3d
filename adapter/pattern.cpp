#include "adapter/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/error.hpp"

namespace scalelaw::adapter {

Pattern::Pattern(const std::string& text) : expression_(text) {
  if (const std::string fault = expression_.fault(); !fault.empty()) {
    throw Error(fmt::format("'{}' is not a pattern: {}", text, fault),
                "write a regular expression as Perl or Python has it; \\( is a parenthesis");
  }
  if (expression_.groups() > 1) {
    throw Error(
        fmt::format("'{}' has {} groups", text, expression_.groups()),
        "put only what is wanted in parentheses; write other groups as (?:...), and parentheses "
        "as \\(");
  }
}

bool Pattern::has_group() const {
  return expression_.groups() == 1;
}

std::vector<std::string> Pattern::matches_in(std::string_view line) const {
  std::vector<std::string> out;
  for (auto& match : expression_.matches_in(line)) out.push_back(std::move(match.text));
  return out;
}

void require_time_pattern(const std::string& text) {
  if (Pattern(text).has_group()) return;
  throw Error(fmt::format("'{}' does not say which part is the time", text),
              "put the number in parentheses: \"elapsed: ([0-9.]+) s\"");
}

double number_in(const std::string& text) {
  constexpr const char* blanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  const std::size_t end = text.find_last_not_of(blanks) + 1;
  const char* const last = text.data() + std::max(begin, end);
  const char* first = text.data() + begin;
  if (first != last && *first == '+') ++first;
  double value = 0;
  const auto [stop, fault] = std::from_chars(first, last, value);
  if (fault == std::errc() && stop == last && std::isfinite(value)) return value;
  throw Error(fmt::format("'{}' is not a number", text));
}

}  // namespace scalelaw::adapter
