#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scalelaw {

/// The first character of a UTF-8 text.
struct Utf8Character {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< 0: these bytes are not UTF-8, or the text is empty
};

/// Source: RFC 3629, section 4; overlong forms, surrogates and code points above U+10FFFF are
///         not UTF-8.
Utf8Character first_character(std::string_view text);

/// `text` with each byte that is not part of valid UTF-8 written as \xHH.  File names may be in any
/// encoding; this keeps them readable and distinct.
std::string escape_invalid_utf8(std::string_view text);

}  // namespace scalelaw
