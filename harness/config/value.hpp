#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/field.hpp"
#include "harness/config/campaign.hpp"

namespace scalelaw::harness {

/// One value of a config file, with its key and line, read as what it should be.
/// Errors: every reader throws Error "FILE:LINE: 'KEY': ..." with the remedy.
class Value {
 public:
  Value(const toml::node& node, std::string key, std::string file)
      : node_(&node), key_(std::move(key)), file_(std::move(file)) {}

  [[nodiscard]] int line() const { return static_cast<int>(node_->source().begin.line); }
  [[nodiscard]] const toml::node& node() const { return *node_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& key() const { return key_; }

  /// A count: an integer, a whole float (1e9), or text as common/quantity.hpp reads it ("4Gi").
  [[nodiscard]] std::int64_t count(
      std::int64_t min = 0, std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// A number above `above` and not over `most`.
  [[nodiscard]] double number(double above,
                              double most = std::numeric_limits<double>::infinity()) const;
  /// A number from `least` on and not over `most`.
  [[nodiscard]] double number_from(double least,
                                   double most = std::numeric_limits<double>::infinity()) const;
  [[nodiscard]] bool boolean() const;
  /// Text that is not empty.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::vector<std::string> texts() const;  ///< one text or a list of them, not empty
  /// A list of counts, one count, or "auto".
  [[nodiscard]] Counts counts() const;
  /// A scalar or a list of scalars, as written; lists that are empty or nested are refused.
  [[nodiscard]] Setting setting() const;
  /// Likewise of counts as count() reads them, or "auto".
  [[nodiscard]] Setting sizes() const;

  template <EnumNames E>
  [[nodiscard]] E one_of() const {
    return checked_enum<E>(text());
  }
  template <EnumNames E>
  [[nodiscard]] std::vector<E> some_of() const {
    std::vector<E> out;
    for (const std::string& name : texts()) out.push_back(checked_enum<E>(name));
    return out;
  }

  /// The value as a message names it: 'a text', 1.5, true, a list.
  [[nodiscard]] std::string shown() const;

  /// Throws Error: "FILE:LINE: 'KEY': WHAT", in which WHAT is a sentence of its own.
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const;

 private:
  [[nodiscard]] double any_number() const;
  [[noreturn]] void fail_range(double number, const std::string& begin, double most) const;
  template <EnumNames E>
  E checked_enum(const std::string& name) const {
    try {
      return enum_from<E>(name);
    } catch (const Error& error) {
      fail(error.what(), error.hint());
    }
  }
  /// The value itself, or the elements when it is a list.
  [[nodiscard]] std::vector<Value> elements() const;

  const toml::node* node_;
  std::string key_;
  std::string file_;
};

/// `text`, which becomes a part of one line, of a command or a job script.
/// Errors: throws Error where it has control characters.
std::string one_line(const Value& value, std::string text);

}  // namespace scalelaw::harness
