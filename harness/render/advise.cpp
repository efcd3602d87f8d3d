#include "harness/render/advise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "common/json_text.hpp"
#include "harness/analysis/contest.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/turns.hpp"
#include "harness/laws/series.hpp"
#include "harness/render/json_number.hpp"
#include "harness/render/placement_choice.hpp"

namespace scalelaw::harness {
namespace {

std::string name_of(const Strategy& strategy) {
  return fmt::format("{} {}", strategy.model.name, placement_label(strategy.placement));
}

/// A contest with the times that decided it.
struct Told {
  const Contest& contest;
  const Results& results;
  const std::vector<Summary>& summaries;

  [[nodiscard]] const Summary& at(std::size_t strategy, std::size_t k) const {
    return summaries[static_cast<std::size_t>(contest.strategies[strategy].points[k])];
  }
  [[nodiscard]] std::vector<Mark> marks(std::size_t strategy, std::size_t k) const {
    const std::int64_t point = contest.strategies[strategy].points[k];
    return marks_of(results.points[static_cast<std::size_t>(point)], at(strategy, k));
  }
  [[nodiscard]] std::string name(std::size_t strategy) const {
    return name_of(contest.strategies[strategy]);
  }
  /// "openmp 1x1x4 (busy)"
  [[nodiscard]] std::string marked_name(std::size_t strategy, std::size_t k) const {
    const std::string text = marks_text(marks(strategy, k));
    return name(strategy) + (text.empty() ? "" : " (" + text + ")");
  }
  /// The marks of a strategy's times: "1e6: busy; 1e8: unstable".
  [[nodiscard]] std::string all_marks(std::size_t strategy) const {
    std::string text;
    for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
      if (contest.strategies[strategy].points[k] < 0) continue;
      const std::string of_round = marks_text(marks(strategy, k));
      if (of_round.empty()) continue;
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", contest.rounds[k].size, of_round);
    }
    return text;
  }
};

std::vector<std::string> size_row(const Told& told, std::size_t k) {
  const Round& round = told.contest.rounds[k];
  std::string tied;
  for (const std::size_t s : round.tied) {
    tied += (tied.empty() ? "" : ", ") + told.marked_name(s, k);
  }
  std::vector<std::string> cells{
      round.size, told.name(round.choice),
      seconds_interval(told.at(round.choice, k).median_s, told.at(round.choice, k).interval_s)};
  if (round.next) {
    const Ratio& ratio = round.ratio_to_next;
    cells.insert(cells.end(), {told.name(*round.next), with_interval(ratio.value, ratio.interval)});
  } else {
    cells.insert(cells.end(), {"-", "-"});
  }
  cells.push_back(tied);
  cells.push_back(marks_of_choice(
      marks_text(told.marks(round.choice, k)),
      round.next ? std::optional(marks_text(told.marks(*round.next, k))) : std::nullopt));
  return cells;
}

std::string crossover_line(const Told& told, const Crossover& crossover) {
  const Contest& contest = told.contest;
  std::string line =
      fmt::format("from {} to {} between {} = {} and {}", told.name(crossover.from),
                  told.name(crossover.to), contest.size_name, contest.rounds[crossover.below].size,
                  contest.rounds[crossover.above].size);
  if (!crossover.refused.empty())
    return line + "; the crossing is not computed: " + crossover.refused;
  if (!crossover.size) return line + "; the fitted times do not meet";
  return line + fmt::format("; the fitted times meet at {}{}",
                            with_interval(crossover.size->value, crossover.size->interval),
                            crossover.agrees ? "" : ", outside this gap: measure sizes in between");
}

/// Why `to` wins at larger sizes and `from` at smaller ones: its fixed cost and its cost per work.
std::string reason_line(const Told& told, const Crossover& crossover) {
  const Strategy& from = told.contest.strategies[crossover.from];
  const Strategy& to = told.contest.strategies[crossover.to];
  if (!crossover.refused.empty()) return {};
  if (!from.fit->identifiable() || !to.fit->identifiable()) return {};
  const auto a = from.fit->estimates(), b = to.fit->estimates();
  if (!(b[0].value > a[0].value) || !(b[1].value < a[1].value)) {
    return "  why: unclear from the fits; the two differ by less than the lines' errors";
  }
  return fmt::format(
      "  why: {} costs {} before any work, {} costs {}; each operation then takes {:.2f} of the "
      "time",
      name_of(to), precise_seconds(b[0].value), name_of(from), precise_seconds(a[0].value),
      b[1].value / a[1].value);
}

TextTable costs_table(const Told& told) {
  TextTable table;
  table.header = {"T = fixed + per work",
                  "fixed",
                  "per 1e6 operations",
                  "half of it fixed at",
                  "misses by",
                  "overhead at smallest size",
                  "marks"};
  table.left = {0, 6};
  for (std::size_t s = 0; s < told.contest.strategies.size(); ++s) {
    const Strategy& strategy = told.contest.strategies[s];
    std::vector<std::string> cells{name_of(strategy)};
    if (!strategy.fit->identifiable()) {
      cells.insert(cells.end(), {"-", "-", "-", "-"});
    } else {
      const auto estimates = strategy.fit->estimates();
      const double fixed = estimates[0].value, per_work = estimates[1].value;
      cells.insert(cells.end(),
                   {seconds_interval(fixed, estimates[0].interval), precise_seconds(1e6 * per_work),
                    per_work > 0 ? fmt::format("{:.3g}", fixed / per_work) : "-",
                    strategy.fit->testable() ? percent(strategy.fit->typical_miss(), 1) : "-"});
    }
    cells.push_back(percent(strategy.overhead_share, 1));
    cells.push_back(told.all_marks(s));
    table.rows.push_back(cells);
  }
  return table;
}

/// Cautions about a choice.
std::optional<std::string> choices_caution(const Contest& contest) {
  const bool all = std::all_of(contest.rounds.begin(), contest.rounds.end(),
                               [](const Round& round) { return round.intervals; });
  if (all) return std::nullopt;
  return "CAUTION: some times have no interval, which takes 6 launches: there, strategies within "
         "10 % are tied, and larger differences may be noise";
}

/// The names of the strategies whose lines do not describe their own times; empty when there are
/// none.
std::string crooked(const Contest& contest) {
  std::string names;
  for (const Strategy& strategy : contest.strategies) {
    if (!strategy.fit->misleads()) continue;
    names += fmt::format("{}{} (misses by {})", names.empty() ? "" : ", ", name_of(strategy),
                         percent(strategy.fit->typical_miss()));
  }
  return names;
}

/// A caution for each pair of neighbouring sizes whose data stay in different levels, with the
/// strategies concerned.
std::vector<std::string> cache_edges(const Contest& contest) {
  std::map<std::tuple<std::size_t, CacheLevel, CacheLevel>, std::string> edges;
  for (const Strategy& strategy : contest.strategies) {
    for (std::size_t k = 0; k + 1 < contest.rounds.size(); ++k) {
      const auto &below = strategy.levels[k], &above = strategy.levels[k + 1];
      if (!below || !above || *below == *above) continue;
      std::string& names = edges[{k, *below, *above}];
      names += (names.empty() ? "" : ", ") + name_of(strategy);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [edge, names] : edges) {
    const auto& [k, below, above] = edge;
    lines.push_back(fmt::format(
        "CAUTION: from {} = {} to {} the data of {} go from {} to {}: one line may not describe "
        "both sides",
        contest.size_name, contest.rounds[k].size, contest.rounds[k + 1].size, names,
        to_string(below), to_string(above)));
  }
  return lines;
}

std::vector<std::string> line_cautions(const Contest& contest) {
  std::vector<std::string> lines;
  if (contest.rounds.size() < 3) {
    lines.emplace_back("two sizes do not test T = fixed + per work: add a third");
  }
  if (const std::string names = crooked(contest); !names.empty()) {
    lines.push_back(
        fmt::format("CAUTION: a straight line does not describe {}: do not derive costs or times "
                    "at other sizes from it",
                    names));
  }
  for (std::string& line : cache_edges(contest)) lines.push_back(std::move(line));
  return lines;
}

void add_contest(const Told& told, std::vector<Section>& out) {
  const Contest& contest = told.contest;
  Section choices;
  choices.heading = fmt::format("{}: which strategy is fastest?", contest.work);
  choices.table.header = {contest.size_name,       "choose", "time", "next model", "next/choice",
                          "tied, but less simple", "marks"};
  choices.table.left = {1, 3, 4, 5, 6};
  choices.table.keys = 1;
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
    choices.table.rows.push_back(size_row(told, k));
  }
  if (auto caution = choices_caution(contest)) choices.after.push_back(std::move(*caution));
  const auto crossovers = crossovers_of(contest);
  if (crossovers.empty()) {
    choices.after.push_back(fmt::format("no crossover: {} is best at every size measured",
                                        told.name(contest.rounds.front().choice)));
  }
  for (const Crossover& crossover : crossovers) {
    choices.after.push_back(crossover_line(told, crossover));
    if (std::string reason = reason_line(told, crossover); !reason.empty()) {
      choices.after.push_back(std::move(reason));
    }
  }
  out.push_back(std::move(choices));
  out.push_back({3, "", {}, costs_table(told), line_cautions(contest)});
}

using Json = nlohmann::ordered_json;

/// The marks of a strategy's time at each size; null where it has none.
Json marks_by_size(const Told& told, std::size_t strategy) {
  Json out = Json::array();
  for (std::size_t k = 0; k < told.contest.rounds.size(); ++k) {
    const bool timed = told.contest.strategies[strategy].points[k] >= 0;
    out.push_back(timed ? marks_json(told.marks(strategy, k)) : Json(nullptr));
  }
  return out;
}

Json of(const Strategy& strategy) {
  Json out{{"model", strategy.model.name},
           {"nodes", strategy.placement.nodes},
           {"ranks_per_node", strategy.placement.ranks_per_node},
           {"threads", strategy.placement.threads},
           {"identifiable", strategy.fit->identifiable()},
           {"reason", strategy.fit->reason()}};
  const auto estimates = strategy.fit->estimates();
  out["fixed_s"] = estimates.empty() ? Json(nullptr) : json_of(estimates[0]);
  out["per_operation_s"] = estimates.empty() ? Json(nullptr) : json_of(estimates[1]);
  out["typical_miss"] =
      estimates.empty() ? Json(nullptr) : json_number(strategy.fit->typical_miss());
  out["straight"] = !strategy.fit->misleads();
  out["overhead_share"] = json_number(strategy.overhead_share);
  out["data_in"] = Json::array();
  for (const auto& level : strategy.levels) {
    out["data_in"].push_back(level ? Json(to_string(*level)) : Json(nullptr));
  }
  return out;
}

Json round_json(const Told& told, std::size_t k) {
  const Round& round = told.contest.rounds[k];
  Json out{{"size", round.size_value}, {"operations", round.operations},
           {"choice", round.choice},   {"median_s", told.at(round.choice, k).median_s},
           {"fastest", round.fastest}, {"tied", round.tied},
           {"next", nullptr},          {"ratio_to_next", nullptr}};
  out["choice_marks"] = marks_json(told.marks(round.choice, k));
  if (round.next) {
    const Ratio& ratio = round.ratio_to_next;
    out["next"] = *round.next;
    out["next_marks"] = marks_json(told.marks(*round.next, k));
    out["ratio_to_next"] = json_of(ratio.value, ratio.interval);
  }
  return out;
}

Json contest_json(const Told& told) {
  const Contest& contest = told.contest;
  Json out{{"work", contest.work},
           {"size_name", contest.size_name},
           {"strategies", Json::array()},
           {"sizes", Json::array()},
           {"crossovers", Json::array()}};
  for (std::size_t s = 0; s < contest.strategies.size(); ++s) {
    out["strategies"].push_back(of(contest.strategies[s]));
    out["strategies"].back()["marks"] = marks_by_size(told, s);
  }
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
    out["sizes"].push_back(round_json(told, k));
  }
  for (const Crossover& c : crossovers_of(contest)) {
    out["crossovers"].push_back({{"from", c.from},
                                 {"to", c.to},
                                 {"after_size", contest.rounds[c.below].size_value},
                                 {"before_size", contest.rounds[c.above].size_value},
                                 {"size", json_of(c.size)},
                                 {"operations", json_of(c.operations)},
                                 {"refused", c.refused},
                                 {"agrees", c.agrees}});
  }
  return out;
}

/// One way to run, on the line of a table of turns.
Json runner_json(const Strategy& strategy) {
  return {{"implementation", strategy.implementation},
          {"model", strategy.model.name},
          {"nodes", strategy.placement.nodes},
          {"ranks_per_node", strategy.placement.ranks_per_node},
          {"threads", strategy.placement.threads}};
}

/// `summaries`: of all points.
Json turns_json(const Turns& turns, const Results& results, const std::vector<Summary>& summaries) {
  const Contest& contest = turns.contest;
  const Strategy& reference = contest.strategies[turns.reference];
  Json out{{"work", contest.work},         {"size_name", contest.size_name},
           {"sizes", Json::array()},       {"reference", runner_json(reference)},
           {"reference_s", Json::array()}, {"unit", turns.unit.unit},
           {"unit_s", Json::array()},      {"turns", Json::array()}};
  for (std::size_t k = 0; k < contest.rounds.size(); ++k) {
    const std::int64_t point = reference.points[k];
    out["sizes"].push_back(contest.rounds[k].size_value);
    out["reference_s"].push_back(
        point < 0 ? Json(nullptr)
                  : json_number(summaries[static_cast<std::size_t>(point)].median_s));
    out["unit_s"].push_back(json_number(turns.unit.seconds[k]));
  }
  for (const Turn& turn : turns.turns) {
    Json one = runner_json(contest.strategies[turn.strategy]);
    one["verdict"] = to_string(turn.verdict);
    one["size"] = json_of(turn.size.value, interval_of(turn.size));
    one["of_launches"] = turn.of_launches;
    one["bound"] = turn.bound;
    one["all_certain"] = turn.all_certain;
    one["sizes"] = Json::array();
    std::vector<Mark> marks;
    const Told told{contest, results, summaries};
    for (const std::size_t k : turn.rounds) {
      one["sizes"].push_back(contest.rounds[k].size_value);
      marks = joined(joined(marks, told.marks(turn.strategy, k)), told.marks(turns.reference, k));
    }
    one["marks"] = marks_json(marks);
    out["turns"].push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::vector<Section> advise_sections(const Results& results, std::int64_t cores) {
  const auto summaries = summarize_all(results);
  std::vector<Section> out;
  for (const Contest& contest : contests_of(results))
    add_contest({contest, results, summaries}, out);
  const Report report = make_report(results, {}, Judged::for_findings);
  out.insert(out.begin(), placement_section(report, cores > 0 ? cores : most_workers(report)));
  if (out.size() == 1) {
    out.push_back({2,
                   "",
                   {"Which sizes need which model is unknown: no kernel was run at several sizes "
                    "under several models.",
                    "Give its size as a list in the config: size = [1e4, 1e6, 1e8]."},
                   {},
                   {}});
  }
  if (const auto warning = clock_warning(results)) {
    out.front().before.insert(out.front().before.begin(), *warning);
  }
  return out;
}

std::string advise_json(const Results& results, std::int64_t cores) {
  const auto summaries = summarize_all(results);
  const Report report = make_report(results, {}, Judged::for_findings);
  Json out{{"schema", 1},
           {"campaign", results.name},
           {"clock", clock_text(results)},
           {"placements", placement_json(report, cores > 0 ? cores : most_workers(report))},
           {"contests", Json::array()},
           {"turns", Json::array()}};
  for (const Contest& contest : contests_of(results)) {
    out["contests"].push_back(contest_json({contest, results, summaries}));
  }
  for (const Turns& turns : turns_of(results)) {
    out["turns"].push_back(turns_json(turns, results, summaries));
  }
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness
