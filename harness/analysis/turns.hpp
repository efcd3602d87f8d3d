#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/analysis/contest.hpp"

namespace scalelaw::harness {

/// How one way to run compares with another over the sizes that were measured.
enum class TurnVerdict {
  from,    ///< slower at the smallest ones, faster at the largest ones
  until,   ///< faster at the smallest ones only
  always,  ///< faster wherever they differ beyond doubt
  never,   ///< slower likewise
  mixed    ///< it changes more than once, or they never differ beyond doubt
};
constexpr auto enum_names(TurnVerdict) {
  return std::array<std::string_view, 5>{"from", "until", "always", "never", "mixed"};
}

/// From which size on one way to run is faster than another.
struct Turn {
  std::size_t strategy = 0;  ///< index into Contest::strategies
  TurnVerdict verdict = TurnVerdict::mixed;
  /// Of `from` and `until`: where the lines that are fitted to both meet; where one of these does
  /// not describe its times, the lines between the two sizes.
  Bracketed size;
  /// Whether its interval is that of the launches.  Otherwise there are too few of them, and it is
  /// the gap between the two sizes.
  bool of_launches = false;
  std::size_t below = 0;  ///< the change lies after this round and before the next that decides
  std::size_t above = 0;
};

/// All ways to run a kernel against one of them.
struct Turns {
  Contest contest;
  std::size_t reference = 0;  ///< index into Contest::strategies
  std::vector<Turn> turns;    ///< of the other strategies with as many workers as the reference
};

/// The contests of `results`, peers included, each against the first way with the most workers
/// that the campaign names.  Contests with a single such way are omitted.
std::vector<Turns> turns_of(const Results& results);

}  // namespace scalelaw::harness
