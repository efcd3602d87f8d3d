#include "harness/analysis/turns.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/analysis/measured.hpp"
#include "harness/analysis/scaling.hpp"

namespace scalelaw::harness {
namespace {

std::int64_t first_point(const Strategy& strategy) {
  std::int64_t first = -1;
  for (const std::int64_t point : strategy.points) {
    if (point >= 0 && (first < 0 || point < first)) first = point;
  }
  return first;
}

/// The first strategy of the campaign among those with the most workers.
std::size_t reference_of(const Contest& contest) {
  const auto rank = [&](std::size_t s) {
    const Strategy& strategy = contest.strategies[s];
    return std::pair(-strategy.placement.workers(), first_point(strategy));
  };
  std::size_t out = 0;
  for (std::size_t s = 1; s < contest.strategies.size(); ++s) {
    if (rank(s) < rank(out)) out = s;
  }
  return out;
}

/// A size at which one of the two is faster beyond doubt.
struct Decision {
  std::size_t round = 0;
  bool faster = false;  ///< the strategy, rather than the reference
};

std::vector<Decision> decisions(const Contest& contest, const Strategy& strategy,
                                const Strategy& reference, const std::vector<Summary>& summaries) {
  std::vector<Decision> out;
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
    if (strategy.points[k] < 0 || reference.points[k] < 0) continue;
    const Summary& own = summaries[static_cast<std::size_t>(strategy.points[k])];
    const Summary& other = summaries[static_cast<std::size_t>(reference.points[k])];
    const bool faster = certainly_slower(other, own), slower = certainly_slower(own, other);
    if (faster || slower) out.push_back({k, faster});
  }
  return out;
}

/// The size of a change between two rounds.
Bracketed change_between(const Contest& contest, const Strategy& a, const Strategy& b,
                         const Turn& turn) {
  const double low = contest.rounds[turn.below].size_value;
  const double high = contest.rounds[turn.above].size_value;
  const auto met = meeting_size(contest, a, b);
  // A line through single launches has no interval that means anything.
  const bool is_known = met && met->interval && met->interval->low < met->interval->high;
  if (!is_known || met->interval->low > high || met->interval->high < low) {
    const bool inside = met && low <= met->value && met->value <= high;
    return {.value = inside ? met->value : high, .low = low, .high = high};
  }
  return {.value = met->value, .low = met->interval->low, .high = met->interval->high};
}

Turn turn_of_strategy(const Contest& contest, std::size_t s, std::size_t reference,
                      const std::vector<Summary>& summaries) {
  const Strategy &own = contest.strategies[s], &other = contest.strategies[reference];
  const std::vector<Decision> decided = decisions(contest, own, other, summaries);
  Turn out;
  out.strategy = s;
  if (decided.empty()) return out;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < decided.size(); ++i) {
    if (decided[i].faster == decided[i - 1].faster) continue;
    ++changes;
    out.below = decided[i - 1].round;
    out.above = decided[i].round;
  }
  if (changes > 1) return out;
  const bool faster = decided.front().faster;
  if (changes == 0) {
    out.verdict = faster ? TurnVerdict::always : TurnVerdict::never;
    return out;
  }
  out.verdict = faster ? TurnVerdict::until : TurnVerdict::from;
  out.size = change_between(contest, own, other, out);
  return out;
}

}  // namespace

std::vector<Turns> turns_of(const Results& results) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::vector<Turns> out;
  for (Contest& contest : contests_of(results, Entrants::all)) {
    Turns turns{.contest = std::move(contest), .reference = 0, .turns = {}};
    turns.reference = reference_of(turns.contest);
    const std::vector<Strategy>& all = turns.contest.strategies;
    for (std::size_t s = 0; s < all.size(); ++s) {
      const bool alike = all[s].placement.workers() == all[turns.reference].placement.workers();
      if (s == turns.reference || !alike) continue;
      turns.turns.push_back(turn_of_strategy(turns.contest, s, turns.reference, summaries));
    }
    if (!turns.turns.empty()) out.push_back(std::move(turns));
  }
  return out;
}

}  // namespace scalelaw::harness
