#pragma once

#include <string>
#include <vector>

namespace scalelaw::harness {

/// " (did you mean 'seconds'?)" for a word like one of the candidates; empty when none is like it.
/// Words of one or two letters are like everything.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace scalelaw::harness
