#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace scalelaw {

/// A failure that the user can act on: what went wrong, and how to fix it.
/// `main` prints both and exits; nothing below `main` prints or exits.
class Error : public std::runtime_error {
 public:
  /// `what`: the fault, with the value that caused it.  `hint`: the remedy; may be empty.
  explicit Error(const std::string& what, std::string hint = {})
      : std::runtime_error(what), hint_(std::move(hint)) {}

  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

}  // namespace scalelaw
