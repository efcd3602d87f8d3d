#include "harness/analysis/findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "common/field.hpp"
#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/marks.hpp"

namespace scalelaw::harness {
namespace {

/// As many as a report begins with: the first of each kind, in their order, before any second one.
std::vector<Draft> most_important(std::vector<Draft> all, std::size_t most) {
  std::set<std::string> kinds;
  std::stable_partition(all.begin(), all.end(),
                        [&](const Draft& one) { return kinds.insert(one.finding.kind).second; });
  all.resize(std::min(all.size(), most));
  return all;
}

/// "4 of the 5 times: not_converged; all 5 times: busy": the times behind a sentence that have a mark.
/// Without the marks `known`.
std::string words_of(const Times& times, const std::vector<Mark>& known) {
  std::map<Mark, std::size_t> counts;
  for (const auto& [time, marks] : times) {
    for (const Mark mark : marks_in(marks)) ++counts[mark];
  }
  for (const Mark mark : known) counts.erase(mark);
  std::vector<std::string> parts;
  for (const auto& [mark, count] : counts) {
    const std::string which = count < times.size()
                                  ? fmt::format("{} of the {} times", count, times.size())
                              : count == 1 ? "the time"
                              : count == 2 ? "both times"
                                           : fmt::format("all {} times", count);
    parts.push_back(fmt::format("{}: {}", which, to_string(mark)));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// The clocks that all points share, and that a finding about clocks states: no sentence repeats it.
std::vector<Mark> said_of_all(const Results& results) {
  const std::string clock = clock_text(results);
  const bool is_mark = clock != to_string(TimeSource::measured) && clock != "mixed";
  return is_mark ? std::vector{enum_from<Mark>(clock, "mark")} : std::vector<Mark>{};
}

}  // namespace

std::vector<Finding> findings_of(const Report& report, const FindingLimits& limits) {
  std::vector<Draft> all;
  const auto add = [&](std::vector<Draft> some) {
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  };
  add(doubts(report));
  add(unused(report));
  add(lost(report));
  add(scaling(report));
  add(winner(report));
  add(crossover(report));
  add(setting(report));
  add(limit(report));
  add(busiest_stage(report));
  add(oversubscribed(report));
  add(stated(report));
  add(theory(report));
  add(simulation(report));
  add(publication(report));
  add(few_converged(report));
  add(failed(report));
  add(superlinear(report));
  add(faster_peers(report));
  add(efficiency(report, limits));
  const std::vector<Mark> known = said_of_all(*report.results);
  std::vector<Finding> out;
  for (Draft& one : most_important(std::move(all), limits.most)) {
    const std::string words = words_of(one.times, known);
    std::string& text = one.finding.text;
    if (!words.empty()) text.insert(text.size() - 1, fmt::format(" ({})", words));
    out.push_back(std::move(one.finding));
  }
  return out;
}

}  // namespace scalelaw::harness
