#include "harness/results/phases.hpp"

#include <algorithm>

namespace scalelaw::harness {

double seconds_in(const std::vector<PhaseTime>& phases, Role role) {
  double seconds = 0;
  for (const PhaseTime& phase : phases) {
    if (phase.role == role) seconds += phase.seconds;
  }
  return seconds;
}

std::vector<PhaseTime> longest_phases(const std::vector<RankTimes>& ranks) {
  std::vector<PhaseTime> longest;
  for (const RankTimes& rank : ranks) {
    for (std::size_t i = 0; i < rank.phases.size(); ++i) {
      const PhaseTime& phase = rank.phases[i];
      const auto is_same = [&](const PhaseTime& other) { return other.name == phase.name; };
      auto known = longest.begin() + static_cast<std::ptrdiff_t>(std::min(i, longest.size()));
      if (known == longest.end() || !is_same(*known)) {  // mostly they stand in one place
        known = std::find_if(longest.begin(), longest.end(), is_same);
      }
      if (known == longest.end()) {
        longest.push_back(phase);
      } else {
        known->seconds = std::max(known->seconds, phase.seconds);
      }
    }
  }
  return longest;
}

}  // namespace scalelaw::harness
