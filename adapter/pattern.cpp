#include "adapter/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <charconv>
#include <cmath>

#include "common/error.hpp"

namespace scalelaw::adapter {

Pattern::Pattern(const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  compiled_ = std::make_unique<RE2>(text, options);
  if (!compiled_->ok()) {
    throw Error(fmt::format("'{}' is not a pattern: {}", text, compiled_->error()),
                "write a regular expression as Perl or Python has it; \\( is a parenthesis");
  }
  if (compiled_->NumberOfCapturingGroups() > 1) {
    throw Error(
        fmt::format("'{}' has {} groups", text, compiled_->NumberOfCapturingGroups()),
        "put only what is wanted in parentheses; write other groups as (?:...), and parentheses "
        "as \\(");
  }
}

Pattern::~Pattern() = default;

bool Pattern::has_group() const {
  return compiled_->NumberOfCapturingGroups() == 1;
}

std::vector<std::string> Pattern::matches_in(std::string_view line) const {
  std::vector<std::string> out;
  const re2::StringPiece text(line.data(), line.size());
  std::array<re2::StringPiece, 2> parts;
  const int wanted = has_group() ? 2 : 1;
  for (std::size_t at = 0; at <= line.size();) {
    if (!compiled_->Match(text, at, line.size(), RE2::UNANCHORED, parts.data(), wanted)) break;
    const re2::StringPiece& found = parts[static_cast<std::size_t>(wanted - 1)];
    out.emplace_back(found.data() == nullptr ? "" : std::string(found.data(), found.size()));
    const auto end = static_cast<std::size_t>(parts[0].data() - line.data()) + parts[0].size();
    at = parts[0].empty() ? end + 1 : end;
  }
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
