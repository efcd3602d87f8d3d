#include "harness/analysis/turns.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
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

/// What is known at one size.
enum class AtSize { faster, slower, uncertain };

std::vector<std::size_t> rounds_of_both(const Strategy& a, const Strategy& b) {
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < a.points.size(); ++k) {
    if (a.points[k] >= 0 && b.points[k] >= 0) out.push_back(k);
  }
  return out;
}

/// The times of a strategy at its rounds, in order.  A round with a single launch has the noise of
/// the others.
std::map<std::size_t, LogTime> log_times(const Strategy& strategy,
                                         const std::vector<Summary>& summaries) {
  std::vector<std::size_t> rounds;
  std::vector<LogTime> times;
  for (std::size_t k = 0; k < strategy.points.size(); ++k) {
    if (strategy.points[k] < 0) continue;
    rounds.push_back(k);
    times.push_back(
        log_time(summaries[static_cast<std::size_t>(strategy.points[k])].repetitions_s()));
  }
  pool_unknown_noise(times);
  std::map<std::size_t, LogTime> out;
  for (std::size_t i = 0; i < rounds.size(); ++i) out.emplace(rounds[i], std::move(times[i]));
  return out;
}

/// Compares times of few launches, by the noise between these.
AtSize compare_few(const LogTime& own, const LogTime& other) {
  const std::array<double, 2> centre{own.centre, other.centre};
  const Quantity ratio = [](std::span<const double> y) { return y[0] - y[1]; };
  const auto interval =
      bootstrap_interval(ratio, centre, NoiseModel{{own.noise, other.noise}, Noise{}});
  if (!interval) return AtSize::uncertain;
  return interval->high < 0  ? AtSize::faster
         : interval->low > 0 ? AtSize::slower
                             : AtSize::uncertain;
}

/// How a strategy compares with the reference at each of `rounds`.
std::vector<AtSize> comparisons(const std::vector<std::size_t>& rounds, const Strategy& strategy,
                                const Strategy& reference, const std::vector<Summary>& summaries) {
  std::vector<AtSize> out;
  const auto own_times = log_times(strategy, summaries), others = log_times(reference, summaries);
  for (const std::size_t k : rounds) {
    const Summary& own = summaries[static_cast<std::size_t>(strategy.points[k])];
    const Summary& other = summaries[static_cast<std::size_t>(reference.points[k])];
    if (!own.interval_s || !other.interval_s) {
      out.push_back(compare_few(own_times.at(k), others.at(k)));
    } else {
      out.push_back(certainly_slower(other, own)   ? AtSize::faster
                    : certainly_slower(own, other) ? AtSize::slower
                                                   : AtSize::uncertain);
    }
  }
  return out;
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
    const std::map<std::size_t, LogTime> times = log_times(*one, summaries);
    for (const std::size_t round : {turn.below, turn.above}) {
      centre.push_back(times.at(round).centre);
      noise.each.push_back(times.at(round).noise);
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

/// Where the sizes that are faster begin or end, as places in `found`; nothing where others lie
/// between them.
std::optional<std::pair<std::size_t, std::size_t>> faster_range(const std::vector<AtSize>& found) {
  const auto first = std::ranges::find(found, AtSize::faster);
  if (first == found.end()) return std::nullopt;
  const auto past =
      std::find_if(first, found.end(), [](AtSize one) { return one != AtSize::faster; });
  if (std::find(past, found.end(), AtSize::faster) != found.end()) return std::nullopt;
  return std::pair(static_cast<std::size_t>(first - found.begin()),
                   static_cast<std::size_t>(past - found.begin()) - 1);
}

/// Sets where the change lies: between the last size that is slower and the first that is faster,
/// or likewise with larger sizes.  `nearest`: the place in `found` of the faster one.
void set_change(const Contest& contest, const Strategy& own, const Strategy& reference,
                const std::vector<Summary>& summaries, const std::vector<AtSize>& found,
                std::size_t nearest, Turn& turn) {
  const bool rising = turn.verdict == TurnVerdict::from;
  std::size_t place = nearest;
  const std::size_t end = rising ? 0 : found.size() - 1;
  while (place != end && found[place] != AtSize::slower) place = rising ? place - 1 : place + 1;
  turn.bound = found[place] != AtSize::slower;
  turn.below = turn.rounds[std::min(place, nearest)];
  turn.above = turn.rounds[std::max(place, nearest)];
  if (!turn.bound) return place_change(contest, own, reference, summaries, turn);
  turn.size = {.value = contest.rounds[turn.rounds[nearest]].size_value,
               .low = contest.rounds[turn.below].size_value,
               .high = contest.rounds[turn.above].size_value};
}

Turn turn_of_strategy(const Contest& contest, std::size_t s, std::size_t reference,
                      const std::vector<Summary>& summaries) {
  const Strategy &own = contest.strategies[s], &other = contest.strategies[reference];
  Turn out;
  out.strategy = s;
  out.rounds = rounds_of_both(own, other);
  const std::vector<AtSize> found = comparisons(out.rounds, own, other, summaries);
  const auto has = [&](AtSize one) { return std::ranges::find(found, one) != found.end(); };
  out.all_certain = !found.empty() && !has(AtSize::uncertain);
  if (!has(AtSize::faster)) {
    if (has(AtSize::slower)) out.verdict = TurnVerdict::never;
    return out;
  }
  const auto range = faster_range(found);
  if (!range) return out;
  const bool at_first = range->first == 0, at_last = range->second + 1 == found.size();
  if (!at_first && !at_last) return out;
  out.verdict = at_first && at_last ? TurnVerdict::always
                : at_last           ? TurnVerdict::from
                                    : TurnVerdict::until;
  if (out.verdict == TurnVerdict::always) return out;
  const std::size_t nearest = at_last ? range->first : range->second;
  set_change(contest, own, other, summaries, found, nearest, out);
  return out;
}

}  // namespace

std::vector<Turns> turns_of(const Results& results) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::vector<Turns> out;
  for (Contest& contest : contests_of(results, Entrants::all)) {
    Turns turns{.contest = std::move(contest), .reference = 0, .turns = {}, .unit = {}};
    turns.reference = reference_of(turns.contest);
    const std::vector<Strategy>& all = turns.contest.strategies;
    for (std::size_t s = 0; s < all.size(); ++s) {
      const bool alike = all[s].placement.workers() == all[turns.reference].placement.workers();
      if (s == turns.reference || !alike) continue;
      Turn turn = turn_of_strategy(turns.contest, s, turns.reference, summaries);
      if (!turn.rounds.empty()) turns.turns.push_back(std::move(turn));
    }
    if (turns.turns.empty()) continue;
    std::vector<std::size_t> entrants{turns.reference};
    for (const Turn& turn : turns.turns) entrants.push_back(turn.strategy);
    turns.unit = unit_time(results, turns.contest, entrants);
    out.push_back(std::move(turns));
  }
  return out;
}

}  // namespace scalelaw::harness
