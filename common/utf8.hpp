#pragma once

#include <string>
#include <string_view>

namespace scalelaw {

/// `text` with each byte that is not part of valid UTF-8 written as \xHH.  Names of files may be in
/// any encoding; so they stay readable, and different names stay different.
std::string escape_invalid_utf8(std::string_view text);

}  // namespace scalelaw
