#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace scalelaw::harness {

/// A regular expression of a user, whose group 1 is what is wanted.  Its syntax is RE2's: matching
/// takes time in proportion to the text, whatever the expression.
class Pattern {
 public:
  /// What group 1 matched.
  struct Match {
    std::size_t begin = 0;  ///< of group 1, in the text
    std::string value;
  };

  /// `option`: what the user gave it by, for messages.
  /// Errors: throws Error when it is not a regular expression, or has no group.
  Pattern(const std::string& expression, std::string_view option);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// The first match; nothing without one.
  [[nodiscard]] std::optional<Match> find(std::string_view text) const;
  /// All matches that do not overlap, in order.
  [[nodiscard]] std::vector<Match> find_all(std::string_view text) const;

 private:
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace scalelaw::harness
