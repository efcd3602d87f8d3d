#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// The fastest model of a workload, with each model at its own best placement.
struct Race {
  const CaseGroup* group = nullptr;
  Case first;
  Case rival;  ///< the next model; where some may be as fast, the one of these with the least lead
  Bracketed lead;                  ///< the rival's seconds / the first's
  std::vector<std::string> level;  ///< the models that may be as fast as the first, it included
  bool intervals = true;           ///< whether intervals decided which these are

  [[nodiscard]] bool is_won() const { return level.size() == 1; }
};

/// The seconds that a case needs for the work of one worker.
double pace(const Case& at) {
  return at.numbers->time_s.value / at.numbers->work;
}

/// "openmp", "openmp by numpy".
std::string model_of(const Case& at) {
  const Point& point = *at.point;
  return point.model.name + (point.is_ours() ? "" : " by " + point.implementation);
}

/// The fastest case of each model, the fastest first.
std::vector<Case> champions(const CaseGroup& group) {
  std::map<std::string, Case> best;
  for (const Case& at : group.cases) {
    const auto [entry, is_new] = best.try_emplace(model_of(at), at);
    if (!is_new && pace(at) < pace(entry->second)) entry->second = at;
  }
  std::vector<Case> out;
  for (const auto& [model, at] : best) out.push_back(at);
  std::stable_sort(out.begin(), out.end(),
                   [](const Case& a, const Case& b) { return pace(a) < pace(b); });
  return out;
}

/// How many times as fast as the other the first does the same work.
Bracketed lead_over(const Report& report, const Case& first, const Case& other) {
  return bracketed(measured_speedup(report.summary(other.row->point),
                                    report.summary(first.row->point),
                                    first.numbers->work / other.numbers->work));
}

/// Whether the two are tied.  Without an interval, they are when within 10 %.
bool may_be_level(const Bracketed& lead) {
  return std::isnan(lead.low) ? lead.value < 1.1 : lead.low <= 1;
}

/// `order`: the champions, at least two.
Race race_of(const Report& report, const CaseGroup& group, const std::vector<Case>& order) {
  const Case& first = order.front();
  Race race{.group = &group,
            .first = first,
            .rival = order[1],
            .lead = lead_over(report, first, order[1]),
            .level = {model_of(first)}};
  // Champions stand by their medians, so the first that is tied has the least lead of these.
  for (auto other = order.begin() + 1; other != order.end(); ++other) {
    const Bracketed lead = lead_over(report, first, *other);
    race.intervals = race.intervals && !std::isnan(lead.low);
    if (!may_be_level(lead)) continue;
    if (race.is_won()) {
      race.rival = *other;
      race.lead = lead;
    }
    race.level.push_back(model_of(*other));
  }
  return race;
}

std::vector<Race> races_of(const Report& report, const std::vector<CaseGroup>& groups) {
  std::vector<Race> out;
  for (const CaseGroup& group : groups) {
    const std::vector<Case> order = champions(group);
    if (order.size() > 1) out.push_back(race_of(report, group, order));
  }
  return out;
}

/// How it is known that models are level.
std::string level_by(bool intervals) {
  return intervals ? "equal within their intervals"
                   : "within 10 % of each other, with too few launches for intervals";
}

/// `alone`: whether the file has no other workload, so that this one need not be named.
std::string of_one(const Race& race, bool alone) {
  const std::string work = alone ? "" : " in " + race.group->name();
  if (race.is_won()) {
    return fmt::format(
        "{} is the fastest model{}, each at its best placement: with {} it is {} times as fast as "
        "{}.",
        model_of(race.first), work, placement_label(race.first.point->placement), shown(race.lead),
        way_of(race.rival));
  }
  return fmt::format("No model wins{}: {} are {} ({} is {} times as fast as {}).", work,
                     fmt::join(race.level, ", "), level_by(race.intervals), way_of(race.first),
                     shown(race.lead), way_of(race.rival));
}

/// The race with the largest lead, among those that were won if there are any.
const Race& clearest(const std::vector<Race>& races) {
  return *std::max_element(races.begin(), races.end(), [](const Race& a, const Race& b) {
    return std::pair(a.is_won(), a.lead.value) < std::pair(b.is_won(), b.lead.value);
  });
}

std::string of_many(const std::vector<Race>& races) {
  std::map<std::string, std::size_t> wins;
  std::size_t won = 0;
  bool intervals = true;
  std::vector<const CaseGroup*> groups;
  for (const Race& race : races) {
    groups.push_back(race.group);
    intervals = intervals && race.intervals;
    if (!race.is_won()) continue;
    ++wins[model_of(race.first)];
    ++won;
  }
  const Race& clear = clearest(races);
  const std::string lead =
      fmt::format("the largest lead is {} times, of {} over {} in {}", shown(clear.lead),
                  way_of(clear.first), way_of(clear.rival), clear.group->name());
  const std::string all = counted(races.size(), "workload") + kinds_text(groups);
  if (won == 0) {
    return fmt::format("No model wins in any of {}: the fastest are {}; {}.", all,
                       level_by(intervals), lead);
  }
  if (wins.size() == 1 && won == races.size()) {
    return fmt::format("{} is the fastest model in all {}; {}.", wins.begin()->first, all, lead);
  }
  std::vector<std::string> parts;
  for (const auto& [model, count] : wins) parts.push_back(fmt::format("{} in {}", model, count));
  if (won < races.size()) parts.push_back(fmt::format("none in {}", races.size() - won));
  return fmt::format("Fastest model, in {}: {}; {}.", all, fmt::join(parts, ", "), lead);
}

}  // namespace

std::vector<Draft> winner(const Report& report) {
  const std::vector<CaseGroup> groups = case_groups(report);
  const std::vector<Race> races = races_of(report, groups);
  if (races.empty()) return {};
  const Race& clear = clearest(races);
  return {finding(FindingKind::winner,
                  races.size() == 1 ? of_one(clear, groups.size() == 1) : of_many(races),
                  clear.lead, clear.first, time_of(clear.rival))};
}

}  // namespace scalelaw::harness
