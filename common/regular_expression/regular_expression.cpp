#include "common/regular_expression/regular_expression.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace scalelaw {
namespace {

re2::RE2::Options quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

RegularExpression::RegularExpression(const std::string& text)
    : compiled_(std::make_unique<re2::RE2>(text, quiet())) {}

RegularExpression::~RegularExpression() = default;
RegularExpression::RegularExpression(RegularExpression&&) noexcept = default;
RegularExpression& RegularExpression::operator=(RegularExpression&&) noexcept = default;

std::string RegularExpression::fault() const {
  return compiled_->ok() ? std::string() : compiled_->error();
}

int RegularExpression::groups() const {
  return compiled_->NumberOfCapturingGroups();
}

std::vector<RegularExpression::Match> RegularExpression::matches_in(std::string_view text) const {
  const re2::StringPiece whole(text.data(), text.size());
  std::array<re2::StringPiece, 2> parts;
  const int wanted = groups() > 0 ? 2 : 1;
  std::vector<Match> out;
  for (std::size_t at = 0; at <= text.size();) {
    if (!compiled_->Match(whole, at, text.size(), re2::RE2::UNANCHORED, parts.data(), wanted)) {
      break;
    }
    const auto begin = static_cast<std::size_t>(parts[0].data() - text.data());
    const re2::StringPiece& found = parts[static_cast<std::size_t>(wanted - 1)];
    Match match{.begin = begin, .took_part = found.data() != nullptr};
    if (match.took_part) {
      match.begin = static_cast<std::size_t>(found.data() - text.data());
      match.text.assign(found.data(), found.size());
    }
    out.push_back(std::move(match));
    at =
        begin + std::max<std::size_t>(parts[0].size(), 1);  // an empty match does not go on forever
  }
  return out;
}

}  // namespace scalelaw
