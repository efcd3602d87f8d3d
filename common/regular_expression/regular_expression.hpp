#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace scalelaw {

/// A regular expression in RE2's syntax: that of Perl and Python without what may take forever.
/// Matching takes time in proportion to the text, whatever the expression.
class RegularExpression {
 public:
  /// What one match is wanted for: its first group or, without groups, all of it.
  struct Match {
    std::size_t begin = 0;  ///< of `text`, in what was searched
    std::string text{};
    bool took_part = true;  ///< false: the group is optional, and not in this match
  };

  /// Takes any text: fault() says whether it is a regular expression.
  explicit RegularExpression(const std::string& text);
  ~RegularExpression();
  RegularExpression(RegularExpression&&) noexcept;
  RegularExpression& operator=(RegularExpression&&) noexcept;

  /// Why it is no regular expression; empty: it is one.
  [[nodiscard]] std::string fault() const;
  /// How many of its parts are in parentheses that count as groups.
  [[nodiscard]] int groups() const;
  /// All matches that do not overlap, in order.  It must have no fault.
  [[nodiscard]] std::vector<Match> matches_in(std::string_view text) const;

 private:
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace scalelaw
