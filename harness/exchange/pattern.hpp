#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/regular_expression/regular_expression.hpp"

namespace scalelaw::harness {

/// A regular expression of a user, whose group 1 is what is wanted.
class Pattern {
 public:
  /// What group 1 matched.
  using Match = RegularExpression::Match;

  /// `option`: what the user gave it by, for messages.
  /// Errors: throws Error when it is not a regular expression, or has no group.
  Pattern(const std::string& expression, std::string_view option);

  /// The first match; nothing without one.
  [[nodiscard]] std::optional<Match> find(std::string_view text) const;
  /// All matches that do not overlap, in order.
  [[nodiscard]] std::vector<Match> find_all(std::string_view text) const;

 private:
  RegularExpression expression_;
};

}  // namespace scalelaw::harness
