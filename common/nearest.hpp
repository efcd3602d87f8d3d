#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scalelaw {

/// The candidate nearest to `word` by edit distance; empty when none is near enough to be likely.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace scalelaw
