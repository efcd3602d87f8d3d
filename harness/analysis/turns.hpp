#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/analysis/contest.hpp"
#include "harness/analysis/unit_time.hpp"

namespace scalelaw::harness {

/// How one way to run compares with another over the sizes at which both were measured.
enum class TurnVerdict {
  from,    ///< not faster for certain at the smallest ones, faster at all from one on
  until,   ///< faster at the smallest ones, not for certain at the largest ones
  always,  ///< faster at each of them
  never,   ///< faster at none for certain, and slower at some
  mixed    ///< it changes more than once, or nothing is certain
};
constexpr auto enum_names(TurnVerdict) {
  return std::array<std::string_view, 5>{"from", "until", "always", "never", "mixed"};
}

/// From which size on one way to run is faster than another.  At a size, one is faster where the
/// intervals of both do not touch; with fewer launches, where the interval of their ratio by the
/// noise between launches is beyond 1.  Without any such noise, nothing is certain.
struct Turn {
  std::size_t strategy = 0;  ///< index into Contest::strategies
  TurnVerdict verdict = TurnVerdict::mixed;
  /// Of `from` and `until`: where the lines that are fitted to both meet; where one of these does
  /// not describe its times, the lines between the two sizes.
  Bracketed size;
  /// Whether its interval is that of the launches.  Otherwise there are too few of them, and it is
  /// the gap between the two sizes.
  bool of_launches = false;
  /// Of `from` and `until`: no size is slower for certain, so that `size` is merely the nearest size
  /// that is faster, and the interval reaches to the end of the sizes.
  bool bound = false;
  bool all_certain = false;  ///< at each size, one of the two is faster for certain
  std::size_t below = 0;     ///< the change lies after this round and before the next that decides
  std::size_t above = 0;
  std::vector<std::size_t> rounds{};  ///< those that were measured for both
};

/// All ways to run a kernel against one of them.
struct Turns {
  Contest contest;
  std::size_t reference = 0;  ///< index into Contest::strategies
  std::vector<Turn> turns;    ///< of the other strategies with as many workers as the reference
  UnitTime unit{};            ///< of these strategies
};

/// The contests of `results`, peers included, each against the first way with the most workers
/// that the campaign names.  Contests with a single such way are omitted.
std::vector<Turns> turns_of(const Results& results);

}  // namespace scalelaw::harness
