#include "harness/report/advise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/laws/series.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/report.hpp"

namespace scalelaw {
namespace {

std::string name_of(const Strategy& strategy) {
  return fmt::format("{} {}", to_string(strategy.model), placement_label(strategy.placement));
}

/// The fastest strategy of another model at size k; the runner-up that a reader asks for.
std::optional<std::size_t> runner_up(const Contest& contest, const std::vector<Summary>& summaries,
                                     std::size_t k) {
  const Strategy& winner = contest.strategies[contest.winners[k]];
  std::optional<std::size_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t s = 0; s < contest.strategies.size(); ++s) {
    const std::int64_t point = contest.strategies[s].points[k];
    if (point < 0 || contest.strategies[s].model == winner.model) continue;
    const double median_s = summaries[static_cast<std::size_t>(point)].median_s;
    if (median_s >= least) continue;
    best = s;
    least = median_s;
  }
  return best;
}

std::vector<std::string> size_row(const Contest& contest, const std::vector<Summary>& summaries,
                                  std::size_t k) {
  const auto summary = [&](std::size_t s) -> const Summary& {
    return summaries[static_cast<std::size_t>(contest.strategies[s].points[k])];
  };
  const std::size_t winner = contest.winners[k];
  std::vector<std::string> cells{contest.sizes[k], name_of(contest.strategies[winner]),
                                 precise_seconds(summary(winner).median_s)};
  const auto next = runner_up(contest, summaries, k);
  if (!next) {
    cells.insert(cells.end(), {"-", "-", "-", "-"});
    return cells;
  }
  const Ratio ratio = ratio_over_launches(summary(*next).times_s(), summary(winner).times_s());
  const bool sure = ratio.interval && ratio.interval->low > 1;
  cells.insert(cells.end(),
               {name_of(contest.strategies[*next]), precise_seconds(summary(*next).median_s),
                with_interval(ratio.value, ratio.interval), sure ? "yes" : "no"});
  return cells;
}

std::string crossover_line(const Contest& contest, const Crossover& crossover) {
  const std::string from = name_of(contest.strategies[crossover.from]);
  const std::string to = name_of(contest.strategies[crossover.to]);
  std::string line =
      fmt::format("from {} to {} between {} = {} and {}", from, to, contest.size_name,
                  contest.sizes[crossover.below], contest.sizes[crossover.below + 1]);
  if (!crossover.operations) return line + " (measured; the fits do not meet)";
  return line +
         fmt::format("; by the fits at {} operations",
                     with_interval(crossover.operations->value, crossover.operations->interval));
}

/// Why `to` wins on larger sizes and `from` on smaller ones: fixed cost against cost per work.
std::string reason_line(const Contest& contest, const Crossover& crossover) {
  const Strategy& from = contest.strategies[crossover.from];
  const Strategy& to = contest.strategies[crossover.to];
  if (!from.fit->identifiable() || !to.fit->identifiable()) return {};
  const auto a = from.fit->estimates(), b = to.fit->estimates();
  std::string line =
      fmt::format("  because {} starts with {} of fixed cost ({}: {})", name_of(to),
                  precise_seconds(b[0].value), name_of(from), precise_seconds(a[0].value));
  if (b[1].value > 0 && a[1].value > 0) {
    line += fmt::format(", and does each operation in {:.2f} of the time", b[1].value / a[1].value);
  }
  return line;
}

TextTable costs_table(const Contest& contest) {
  TextTable table;
  table.header = {"strategy",         "fixed", "per 1e6 operations",
                  "half overhead at", "R2",    "overhead at the smallest"};
  table.left = {0};
  for (const Strategy& strategy : contest.strategies) {
    std::vector<std::string> cells{name_of(strategy)};
    if (!strategy.fit->identifiable()) {
      cells.insert(cells.end(), {"-", "-", "-", "-"});
    } else {
      const auto estimates = strategy.fit->estimates();
      const double fixed = estimates[0].value, per_work = estimates[1].value;
      cells.insert(cells.end(), {precise_seconds(fixed), precise_seconds(1e6 * per_work),
                                 per_work > 0 ? fmt::format("{:.3g}", fixed / per_work) : "-",
                                 fmt::format("{:.4f}", strategy.fit->goodness())});
    }
    cells.push_back(percent(strategy.overhead_share, 1));
    table.rows.push_back(cells);
  }
  return table;
}

void add_contest(const Contest& contest, const std::vector<Summary>& summaries,
                 std::vector<Section>& out) {
  Section winners;
  winners.heading = fmt::format("{}: which strategy is fastest?", contest.work);
  winners.table.header = {contest.size_name, "fastest", "time", "next model", "time",
                          "ratio",           "sure"};
  winners.table.left = {1, 3, 5, 6};
  for (std::size_t k = 0; k < contest.sizes.size(); ++k) {
    winners.table.rows.push_back(size_row(contest, summaries, k));
  }
  const auto crossovers = crossovers_of(contest);
  if (crossovers.empty()) {
    winners.after.push_back(fmt::format("no crossover: {} is fastest at every size measured",
                                        name_of(contest.strategies[contest.winners.front()])));
  }
  for (const Crossover& crossover : crossovers) {
    winners.after.push_back(crossover_line(contest, crossover));
    if (std::string reason = reason_line(contest, crossover); !reason.empty()) {
      winners.after.push_back(std::move(reason));
    }
  }
  out.push_back(std::move(winners));
  Section costs{3, "", {}, costs_table(contest), {}};
  if (contest.sizes.size() < 3) {
    costs.after.push_back(
        fmt::format("fixed cost and cost per work are not identifiable: they need 3 "
                    "sizes, there are {}",
                    contest.sizes.size()));
  }
  out.push_back(std::move(costs));
}

}  // namespace

std::vector<Section> advise_sections(const Results& results) {
  const auto summaries = summarize_all(results);
  std::vector<Section> out;
  for (const Contest& contest : contests_of(results)) add_contest(contest, summaries, out);
  if (out.empty()) {
    out.push_back({2,
                   "",
                   {"No kernel here was run at several sizes under several models.",
                    "Give its size as a list in the config: size = [1e4, 1e6, 1e8]."},
                   {},
                   {}});
  }
  return out;
}

}  // namespace scalelaw
