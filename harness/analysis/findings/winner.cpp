#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// The fastest model of a group, with each model at its own best placement.
struct Race {
  std::string work;
  Case first, second;
  Bracketed lead;                  ///< the second's seconds / the first's
  std::vector<std::string> level;  ///< the models that may be as fast as the first, it included

  [[nodiscard]] bool is_won() const { return level.size() == 1; }
};

/// The seconds that a case needs for the work of one worker.
double pace(const Case& at) {
  return at.numbers->time_s.value / at.numbers->work;
}

/// The fastest case of each model, the fastest first.
std::vector<Case> champions(const CaseGroup& group) {
  std::map<std::string, Case> best;
  for (const Case& at : group.cases) {
    const auto [entry, is_new] = best.try_emplace(at.point->model.name, at);
    if (!is_new && pace(at) < pace(entry->second)) entry->second = at;
  }
  std::vector<Case> out;
  for (const auto& [model, at] : best) out.push_back(at);
  std::stable_sort(out.begin(), out.end(),
                   [](const Case& a, const Case& b) { return pace(a) < pace(b); });
  return out;
}

/// How many times as fast as the second the first does the same work.
Bracketed lead_over(const Report& report, const Case& first, const Case& other) {
  const auto summary = [&](const Case& at) -> const Summary& {
    return report.summaries[static_cast<std::size_t>(at.row->point)];
  };
  return bracketed(
      measured_speedup(summary(other), summary(first), first.numbers->work / other.numbers->work));
}

/// Whether the two are tied.  Without an interval, they are when within 10 %.
bool may_be_level(const Bracketed& lead) {
  return std::isnan(lead.low) ? lead.value < 1.1 : lead.low <= 1;
}

std::vector<Race> races_of(const Report& report, const std::vector<CaseGroup>& groups) {
  std::vector<Race> out;
  for (const CaseGroup& group : groups) {
    const std::vector<Case> order = champions(group);
    if (order.size() < 2) continue;
    Race race{
        name_of(group, groups), order[0], order[1], lead_over(report, order[0], order[1]), {}};
    if (group.first().scaling == Scaling::weak) race.work += " (weak)";
    for (const Case& at : order) {
      if (&at == &order[0] || may_be_level(lead_over(report, order[0], at))) {
        race.level.push_back(at.point->model.name);
      }
    }
    out.push_back(std::move(race));
  }
  return out;
}

std::string of_one(const Race& race) {
  if (race.is_won()) {
    return fmt::format(
        "{} is the fastest model, each at its best placement: with {} it is {} times as fast as "
        "{}.",
        race.first.point->model.name, placement_label(race.first.point->placement),
        shown(race.lead), way_of(race.second));
  }
  return fmt::format(
      "No model wins: {} are equal within their intervals ({} is {} times as fast as {}).",
      fmt::join(race.level, ", "), way_of(race.first), shown(race.lead), way_of(race.second));
}

std::string of_many(const std::vector<Race>& races) {
  std::map<std::string, std::size_t> wins;
  for (const Race& race : races) {
    if (race.is_won()) ++wins[race.first.point->model.name];
  }
  std::vector<std::string> parts;
  for (const auto& [model, count] : wins) parts.push_back(fmt::format("{} in {}", model, count));
  const Race& widest =
      *std::max_element(races.begin(), races.end(),
                        [](const Race& a, const Race& b) { return a.lead.value < b.lead.value; });
  const std::string lead =
      fmt::format("the largest lead is {} times, of {} over {} in {}", shown(widest.lead),
                  way_of(widest.first), way_of(widest.second), widest.work);
  if (parts.empty()) {
    return fmt::format(
        "No model wins in any of {}: the fastest are equal within their intervals; {}.",
        counted(races.size(), "experiment"), lead);
  }
  std::size_t won = 0;
  for (const auto& [model, count] : wins) won += count;
  if (won < races.size()) parts.push_back(fmt::format("none in {}", races.size() - won));
  return fmt::format("Fastest model, in {}: {}; {}.", counted(races.size(), "experiment"),
                     fmt::join(parts, ", "), lead);
}

}  // namespace

std::vector<Finding> winner(const Report& report) {
  const std::vector<Race> races = races_of(report, case_groups(report));
  if (races.empty()) return {};
  const Race& widest =
      *std::max_element(races.begin(), races.end(),
                        [](const Race& a, const Race& b) { return a.lead.value < b.lead.value; });
  return {finding(FindingKind::winner, races.size() == 1 ? of_one(races.front()) : of_many(races),
                  widest.lead, widest.first)};
}

}  // namespace scalelaw::harness
