#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "common/quantity.hpp"
#include "harness/analysis/contest.hpp"
#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/turns.hpp"

namespace scalelaw::harness {
namespace {

std::string strategy_name(const Strategy& strategy) {
  return fmt::format("{} {}", strategy.model.name, placement_label(strategy.placement));
}

/// The size from which on another way is best: where the fitted times meet, or else the gap between
/// the sizes that were measured.
Bracketed turn_of(const Contest& contest, const Crossover& crossover) {
  if (crossover.size && crossover.agrees) {
    Bracketed out{.value = crossover.size->value};
    if (const auto& interval = crossover.size->interval) {
      out.low = interval->low;
      out.high = interval->high;
    }
    return out;
  }
  return {.value = contest.rounds[crossover.above].size_value,
          .low = contest.rounds[crossover.below].size_value,
          .high = contest.rounds[crossover.above].size_value};
}

/// "470 [400, 520] (0.47 us a task)"; without the time where it is unknown.
std::string with_unit_time(const Bracketed& size, const Contest& contest, const UnitTime& unit) {
  const std::string text = with_interval(size.value, interval_of(size), three_digits);
  const double seconds = unit.at(contest, size.value);
  if (!(seconds > 0)) return text;
  return fmt::format("{} ({} a {})", text, format_seconds(seconds), unit.unit);
}

/// "as steps grows, serial 1x1x1 is best, from 470 [400, 520] on openmp 1x1x2".
std::string words_of_turns(const Contest& contest, const std::vector<Crossover>& crossovers,
                           const UnitTime& unit) {
  std::string text = fmt::format("as {} grows, {} is best", contest.size_name,
                                 strategy_name(contest.strategies[crossovers.front().from]));
  for (const Crossover& one : crossovers) {
    const Bracketed turn = turn_of(contest, one);
    text += fmt::format(", from {} on {}", with_unit_time(turn, contest, unit),
                        strategy_name(contest.strategies[one.to]));
  }
  return text;
}

/// The times of a strategy on both sides of a turn.
void add_times(const Report& report, const Strategy& strategy, const Crossover& turn,
               Times& times) {
  for (const std::size_t round : {turn.below, turn.above}) {
    const std::int64_t point = strategy.points[round];
    if (point >= 0) times[fmt::format("point {}", point)] = report.numbers(point).marks;
  }
}

std::string entrant_name(const Contest& contest, std::size_t strategy) {
  const Strategy& one = contest.strategies[strategy];
  return one.implementation == own_implementation ? one.model.name : one.implementation;
}

/// "from 19000 [17000, 21000] on", or without an interval "from somewhere between 10000 and 100000
/// on"; where no size tells the other end, "from 10000 or less on".
std::string size_of(const Contest& contest, const UnitTime& unit, const Turn& turn) {
  if (turn.bound) {
    return fmt::format("{} or {}", three_digits(turn.size.value),
                       turn.verdict == TurnVerdict::from ? "less" : "more");
  }
  return turn.of_launches ? with_unit_time(turn.size, contest, unit)
                          : fmt::format("somewhere between {} and {}", three_digits(turn.size.low),
                                        three_digits(turn.size.high));
}

/// "at every size", or of those that were measured for both.
std::string sizes_of(const Contest& contest, const Turn& turn) {
  if (turn.rounds.size() == contest.rounds.size()) return "at every size";
  const auto size = [&](std::size_t k) { return three_digits(contest.rounds[k].size_value); };
  if (turn.rounds.size() == 1) return fmt::format("at {}, its only size", size(turn.rounds[0]));
  return fmt::format("at every measured size, from {} to {}", size(turn.rounds.front()),
                     size(turn.rounds.back()));
}

/// "dask-delayed from 19000 [17000, 21000] on".
std::string words_of_turn(const Contest& contest, const UnitTime& unit, const Turn& turn) {
  const std::string name = entrant_name(contest, turn.strategy);
  switch (turn.verdict) {
    case TurnVerdict::from:
      return fmt::format("{} from {} on", name, size_of(contest, unit, turn));
    case TurnVerdict::until:
      return fmt::format("{} up to {}", name, size_of(contest, unit, turn));
    case TurnVerdict::always:
      return fmt::format("{} {}", name, sizes_of(contest, turn));
    case TurnVerdict::never:
      return fmt::format("{} at none{}", name, turn.all_certain ? "" : " for certain");
    case TurnVerdict::mixed:
      break;
  }
  return fmt::format("{} not certain", name);
}

/// All implementations against one, where peers take part.
std::vector<Draft> against_one(const Report& report) {
  std::vector<Draft> out;
  const auto is_of_peer = [](const Point& point) { return !point.is_ours(); };
  if (std::ranges::none_of(report.results->points, is_of_peer)) return out;  // saves the contests
  for (const Turns& turns : turns_of(*report.results)) {
    const Contest& contest = turns.contest;
    const auto is_peer = [](const Strategy& one) {
      return one.implementation != own_implementation;
    };
    if (std::ranges::none_of(contest.strategies, is_peer)) continue;
    std::vector<std::string> parts;
    Times times;
    const Turn* first = nullptr;
    for (const Turn& turn : turns.turns) {
      parts.push_back(words_of_turn(contest, turns.unit, turn));
      if (turn.verdict == TurnVerdict::from && first == nullptr) first = &turn;
      for (const std::int64_t point : contest.strategies[turn.strategy].points) {
        if (point >= 0) times[fmt::format("point {}", point)] = report.numbers(point).marks;
      }
    }
    const Strategy& reference = contest.strategies[turns.reference];
    out.push_back(finding(
        FindingKind::crossover,
        fmt::format("{}, with {} as {} grows, faster than {}: {}.", contest.work,
                    counted(static_cast<std::size_t>(reference.placement.workers()), "worker"),
                    contest.size_name, entrant_name(contest, turns.reference),
                    fmt::join(parts, ", ")),
        first == nullptr ? Bracketed{} : first->size, {}, times));
  }
  return out;
}

}  // namespace

std::vector<Draft> crossover(const Report& report) {
  std::vector<Draft> out;
  for (const Contest& contest : contests_of(*report.results)) {
    const std::vector<Crossover> crossovers = crossovers_of(contest);
    if (crossovers.empty()) continue;
    Times times;
    for (const Crossover& one : crossovers) {
      add_times(report, contest.strategies[one.from], one, times);
      add_times(report, contest.strategies[one.to], one, times);
    }
    std::vector<std::size_t> entrants;
    for (const Crossover& one : crossovers) entrants.insert(entrants.end(), {one.from, one.to});
    const UnitTime unit = unit_time(*report.results, contest, entrants);
    Draft draft =
        finding(FindingKind::crossover,
                fmt::format("{}: {}.", contest.work, words_of_turns(contest, crossovers, unit)),
                turn_of(contest, crossovers.front()), {}, times);
    const Strategy& to = contest.strategies[crossovers.front().to];
    draft.finding.point = to.points[crossovers.front().above];
    draft.finding.series = report.point(draft.finding.point).series;
    out.push_back(std::move(draft));
  }
  // The one with the most turns first.
  std::stable_sort(out.begin(), out.end(),
                   [](const Draft& a, const Draft& b) { return a.times.size() > b.times.size(); });
  for (Draft& one : against_one(report)) out.push_back(std::move(one));
  return out;
}

}  // namespace scalelaw::harness
