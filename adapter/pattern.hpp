#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/regular_expression/regular_expression.hpp"

namespace scalelaw::adapter {

/// A regular expression of a config that finds texts in the lines of an output.
class Pattern {
 public:
  /// Errors: throws Error for a text that is not a pattern, and for more than one group.
  explicit Pattern(const std::string& text);

  /// Whether a part of it is in parentheses: then that part is what it finds, otherwise all of it.
  [[nodiscard]] bool has_group() const;

  /// What it finds in one line, in order.
  [[nodiscard]] std::vector<std::string> matches_in(std::string_view line) const;

 private:
  RegularExpression expression_;
};

/// Errors: throws Error for a pattern of a time that has no group: the number must be told from the
///         words around it.
void require_time_pattern(const std::string& text);

/// The number that a text is, e.g. "1.5e-3"; blanks around it do not matter.
/// Errors: throws Error when it is not one, or is not finite.
double number_in(const std::string& text);

}  // namespace scalelaw::adapter
