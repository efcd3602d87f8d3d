#include "harness/exchange/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

re2::RE2::Options settings() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_posix_syntax(false);
  return options;
}

/// RE2 takes ^ and $ as ends of the text unless told otherwise; logs have lines.
std::string by_lines(const std::string& expression) {
  return "(?m)" + expression;
}

}  // namespace

Pattern::Pattern(const std::string& expression, std::string_view option)
    : expression_(std::make_unique<re2::RE2>(by_lines(expression), settings())) {
  if (!expression_->ok()) {
    throw Error(fmt::format("{} '{}' is not a regular expression: {}", option, expression,
                            expression_->error()),
                "see https://github.com/google/re2/wiki/Syntax; quote it from the shell");
  }
  if (expression_->NumberOfCapturingGroups() < 1) {
    throw Error(fmt::format("{} '{}' has no group", option, expression),
                "put the number that is wanted in brackets: 'elapsed: ([0-9.]+)'");
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::optional<Pattern::Match> Pattern::find(std::string_view text) const {
  const std::vector<Match> all = find_all(text);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<Pattern::Match> Pattern::find_all(std::string_view text) const {
  const re2::StringPiece whole(text.data(), text.size());
  std::vector<Match> out;
  re2::StringPiece groups[2];
  std::size_t from = 0;
  while (from <= text.size() &&
         expression_->Match(whole, from, text.size(), re2::RE2::UNANCHORED, groups, 2)) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    if (groups[1].data() != nullptr) {
      out.push_back({static_cast<std::size_t>(groups[1].data() - text.data()),
                     std::string(groups[1].data(), groups[1].size())});
    }
    from = begin + std::max<std::size_t>(groups[0].size(), 1);
  }
  return out;
}

}  // namespace scalelaw::harness
