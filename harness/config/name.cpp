#include "harness/config/name.hpp"

#include <fmt/format.h>
#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale() is POSIX's

#include <algorithm>
#include <cstdint>
#include <cwctype>

#include "common/error.hpp"
#include "common/utf8.hpp"

namespace scalelaw::harness {
namespace {

constexpr const char* allowed = "use letters, digits, '-', '_', '.' and blanks";

/// Letters, digits and the accents that follow them, by the C library's table for UTF-8, whatever
/// the user's locale.
bool is_letter_or_digit(char32_t code) {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const auto c = static_cast<std::wint_t>(code);
  if (code < 0x80 || utf8 == nullptr) return iswalnum(c) != 0;
  static const wctype_t combining = wctype_l("combining", utf8);
  return iswalnum_l(c, utf8) != 0 || iswctype_l(c, combining, utf8) != 0;
}

/// A character as a message names it; its number distinguishes look-alikes and invisible ones.
std::string shown(char32_t code, const std::string& bytes) {
  const auto number = static_cast<std::uint32_t>(code);
  if (code < ' ' || code == 0x7F) return fmt::format("U+{:04X}", number);
  return code < 0x7F ? fmt::format("'{}'", bytes) : fmt::format("'{}' (U+{:04X})", bytes, number);
}

}  // namespace

void require_campaign_name(const std::string& name) {
  if (name.size() > longest_campaign_name) {
    throw Error(
        fmt::format("the name has {} bytes, more than {}", name.size(), longest_campaign_name),
        "choose a shorter one: files are named after it");
  }
  for (std::size_t i = 0; i < name.size();) {
    const Utf8Character next = first_character(std::string_view(name).substr(i));
    const std::string bytes = name.substr(i, std::max<std::size_t>(1, next.bytes));
    const bool separator = bytes == "-" || bytes == "_" || bytes == "." || bytes == " ";
    if (next.bytes == 0 || (!separator && !is_letter_or_digit(next.code))) {
      throw Error(fmt::format("a name cannot have the character {}", shown(next.code, bytes)),
                  allowed);
    }
    i += bytes.size();
  }
  if (name[0] == '-' || name[0] == '.' || name[0] == ' ') {
    throw Error(fmt::format("'{}' begins with {}", name,
                            name[0] == ' ' ? "a blank" : fmt::format("'{}'", name[0])),
                "begin with a letter or a digit");
  }
}

}  // namespace scalelaw::harness
