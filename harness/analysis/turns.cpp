#include "harness/analysis/turns.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/scaling.hpp"
#include "harness/laws/noise.hpp"

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

/// The times of a strategy at the two rounds of a turn, with the noise of all its rounds where one
/// of them has a single launch.
std::vector<LogTime> times_at(const Strategy& strategy, const Turn& turn,
                              const std::vector<Summary>& summaries) {
  std::vector<LogTime> all;
  std::size_t below = 0, above = 0;
  for (std::size_t k = 0; k < strategy.points.size(); ++k) {
    if (strategy.points[k] < 0) continue;
    if (k == turn.below) below = all.size();
    if (k == turn.above) above = all.size();
    all.push_back(
        log_time(summaries[static_cast<std::size_t>(strategy.points[k])].repetitions_s()));
  }
  pool_unknown_noise(all);
  return {all[below], all[above]};
}

/// Where the lines between the two rounds of a turn meet, in logarithms of sizes and times; no
/// interval where the noise is unknown.
Ratio meeting_between(const Contest& contest, const Strategy& a, const Strategy& b,
                      const Turn& turn, const std::vector<Summary>& summaries) {
  const double low = contest.rounds[turn.below].size_value;
  const double high = contest.rounds[turn.above].size_value;
  std::vector<double> centre;
  NoiseModel noise;
  for (const Strategy* one : {&a, &b}) {
    for (const LogTime& time : times_at(*one, turn, summaries)) {
      centre.push_back(time.centre);
      noise.each.push_back(time.noise);
    }
  }
  const Quantity where = [&](std::span<const double> y) {
    const double before = y[0] - y[2], after = y[1] - y[3];
    if (before * after >= 0) return std::abs(before) < std::abs(after) ? low : high;
    return low * std::pow(high / low, before / (before - after));
  };
  Ratio out{where(centre), bootstrap_interval(where, centre, noise)};
  if (out.interval) {
    out.interval->low = std::min(out.interval->low, out.value);
    out.interval->high = std::max(out.interval->high, out.value);
  }
  return out;
}

/// Sets the size of a change between two rounds.
void place_change(const Contest& contest, const Strategy& a, const Strategy& b,
                  const std::vector<Summary>& summaries, Turn& turn) {
  const double low = contest.rounds[turn.below].size_value;
  const double high = contest.rounds[turn.above].size_value;
  const auto met = meeting_size(contest, a, b);
  const auto tells_more = [&](const Interval& one) {
    return one.low <= high && one.high >= low && one.low > 0 && one.high / one.low < high / low;
  };
  turn.size = met && met->interval && tells_more(*met->interval)
                  ? bracketed(Ratio{met->value, met->interval})
                  : bracketed(meeting_between(contest, a, b, turn, summaries));
  // A line through single launches has no interval that means anything.
  turn.of_launches = turn.size.low < turn.size.high;
  if (turn.of_launches) return;
  turn.size.low = low;
  turn.size.high = high;
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
  place_change(contest, own, other, summaries, out);
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
