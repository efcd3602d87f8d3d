#include "harness/exchange/suggestion.hpp"

#include <fmt/format.h>

#include "common/nearest.hpp"

namespace scalelaw::harness {

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  constexpr std::size_t too_short = 2;
  if (word.size() <= too_short) return {};
  const std::string near = nearest(word, candidates);
  return near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near);
}

}  // namespace scalelaw::harness
