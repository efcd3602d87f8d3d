#pragma once

#include <string>
#include <vector>

namespace scalelaw {

/// `text` cut into its lines, without empty ones.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace scalelaw
