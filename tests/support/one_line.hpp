#pragma once

#include <sstream>
#include <string>

namespace scalelaw {

/// A text with each run of blanks and line breaks as one blank: what it says, however it was wrapped.
inline std::string one_line(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace scalelaw
