#pragma once

#include <string>
#include <vector>

namespace scalelaw {

/// `text` as one word of a POSIX shell, quoted where it must be: "it's" is 'it'\''s'.
std::string shell_word(const std::string& text);

/// Words as a person would type them in a POSIX shell.
std::string shell_words(const std::vector<std::string>& words);

}  // namespace scalelaw
