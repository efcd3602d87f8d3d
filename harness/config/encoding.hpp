#pragma once

#include <string>
#include <string_view>

namespace scalelaw::harness {

/// Makes sure that a config's text is UTF-8, with or without a byte order mark, since a TOML
/// parser's complaint about bytes does not help a user whose editor chose another encoding.
/// Errors: throws Error "FILE:LINE: ..." that names the encoding: UTF-16, UTF-32, or one byte a
/// character, such as Latin-1.
void require_utf8(std::string_view text, const std::string& file);

}  // namespace scalelaw::harness
