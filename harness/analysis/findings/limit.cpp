#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "common/json_text.hpp"
#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/limits.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

constexpr double near_the_ceiling = 0.85;  // of what memory gives
constexpr double worth_a_word = 0.1;       // of the efficiency, lost

/// The largest cause of a case's loss of efficiency, and what to try against it.
struct Loss {
  double share = 0;  ///< of the worker-seconds
  std::string name;
  std::string remedy;
};

/// Whether an option of a point has that value.
bool has_option(const Point& point, const char* name, std::string_view value) {
  return point.options.is_object() && point.options.contains(name) &&
         json_text(point.options[name]) == value;
}

std::string remedy_for_imbalance(const Point& point) {
  if (point.is_ours() && point.placement.threads > 1 && !has_option(point, "schedule", "dynamic")) {
    return "try schedule = \"dynamic\"";
  }
  if (point.is_ours() && point.placement.ranks() > 1 &&
      !has_option(point, "distribution", "dynamic")) {
    return "try distribution = \"dynamic\"";
  }
  return "try more and smaller items";
}

std::string remedy_for_transfer(const Point& point) {
  const bool threads_instead = point.model.threaded && point.placement.ranks_per_node > 1;
  return threads_instead ? "try a larger size, or fewer ranks with more threads"
                         : "try a larger size";
}

Loss main_loss(const Case& at) {
  const Waterfall& lost = *at.row->waterfall;
  const Point& point = *at.point;
  const std::array<Loss, 6> losses{
      {{lost.serial, "in serial phases", "a larger size makes them a smaller part"},
       {lost.imbalance, "to imbalance", remedy_for_imbalance(point)},
       {lost.wait, "to waiting", "try a larger size, and check binding with `scalelaw doctor`"},
       {lost.transfer, "in transfer between ranks", remedy_for_transfer(point)},
       {lost.memory, "to the memory that workers share",
        point.model.ranked ? "try more nodes, or fewer bytes per item"
                           : "try fewer bytes per item"},
       {lost.unexplained, "for reasons that the phases do not show",
        at.numbers->busy ? "other work used the cores: measure again on a quiet machine"
                         : "compare the clock of one busy core with that of all"}}};
  return *std::max_element(losses.begin(), losses.end(),
                           [](const Loss& a, const Loss& b) { return a.share < b.share; });
}

/// A case with its workload.
struct Named {
  const CaseGroup* group = nullptr;
  Case at;
};

/// Whether memory limits a case.  It does not where a rate of the cores needs more of the time; a
/// rate that is itself in doubt says nothing.
bool at_the_ceiling(const Case& at) {
  const ScalingRow& row = *at.numbers;
  const bool lowest = row.limit.empty() || row.limit == ceiling_read || !limit_doubt(row).empty();
  return lowest && row.ceiling_share >= near_the_ceiling && row.ceiling_doubt.empty();
}

/// What more cores of the same nodes would bring to a case that reads as fast as it can.
enum class Bandwidth {
  ended,   ///< more cores read no faster together
  fading,  ///< a core reads clearly slower than in a smaller placement
  growing,
  unknown  ///< no other placement shows it
};

Bandwidth bandwidth_at(const Report& report, const Case& at) {
  constexpr double no_growth = 1.05, fall = 0.9;
  const double here = at.numbers->ceiling_bytes_per_s;
  const auto workers = static_cast<double>(at.numbers->workers);
  double most_with_more = 0, most_with_fewer = 0, most_per_worker = 0;
  for (const ReportRow& row : at.series->rows) {
    const ScalingRow& other = report.of(row);
    const double there = other.ceiling_bytes_per_s;
    if (!(there > 0) || report.point(row.point).placement.nodes != at.point->placement.nodes) {
      continue;
    }
    if (other.workers > at.numbers->workers) most_with_more = std::max(most_with_more, there);
    if (other.workers >= at.numbers->workers) continue;
    most_with_fewer = std::max(most_with_fewer, there);
    most_per_worker = std::max(most_per_worker, there / static_cast<double>(other.workers));
  }
  if (most_with_more == 0 && most_with_fewer == 0) return Bandwidth::unknown;
  const bool ended =
      most_with_more > 0 ? most_with_more <= no_growth * here : here <= no_growth * most_with_fewer;
  if (ended) return Bandwidth::ended;
  return here / workers < fall * most_per_worker ? Bandwidth::fading : Bandwidth::growing;
}

/// The best cases that read nearly as fast as memory allows, the nearest first.
std::map<Bandwidth, std::vector<Named>> at_ceilings(const Report& report,
                                                    const std::vector<CaseGroup>& groups) {
  std::map<Bandwidth, std::vector<Named>> out;
  for (const CaseGroup& group : groups) {
    const auto best = best_of(group);
    if (best && at_the_ceiling(*best)) out[bandwidth_at(report, *best)].push_back({&group, *best});
  }
  for (auto& [bandwidth, all] : out) {
    std::stable_sort(all.begin(), all.end(), [](const Named& a, const Named& b) {
      return a.at.numbers->ceiling_share > b.at.numbers->ceiling_share;
    });
  }
  return out;
}

/// Their workloads, in their order.  One that they have in strong and in weak scaling is named once.
std::vector<std::string> works_of(const std::vector<Named>& all) {
  std::vector<std::string> out;
  for (const Named& named : all) {
    const auto twin = [&](const Named& other) {
      return &other != &named && other.group->work == named.group->work;
    };
    const bool both = std::any_of(all.begin(), all.end(), twin);
    const std::string name = both ? named.group->work : named.group->name();
    if (std::ranges::count(out, name) == 0) out.push_back(name);
  }
  return out;
}

/// "dot_product, matrix_mean and 2 more workloads".
std::string listed(std::vector<std::string> names) {
  constexpr std::size_t most = 3;
  if (names.size() > most) {
    const std::size_t more = names.size() - most + 1;
    names.resize(most - 1);
    names.push_back(counted(more, "more workload"));
  }
  if (names.size() == 1) return names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string outlook_of(Bandwidth bandwidth) {
  switch (bandwidth) {
    case Bandwidth::ended:
      return "more cores of the same node cannot help";
    case Bandwidth::fading:
      return "each core reads more slowly than with fewer cores, so more of them help little";
    case Bandwidth::growing:
      return "bandwidth still grows with cores";
    case Bandwidth::unknown:
      break;
  }
  return "whether more cores read more was not measured";
}

std::string words_of_memory(Bandwidth bandwidth, const std::vector<Named>& all) {
  const std::vector<std::string> works = works_of(all);
  const bool one = all.size() == 1;
  const std::string way = way_of(all.front().at);
  const auto share = [](const Named& named) { return 100 * named.at.numbers->ceiling_share; };
  const std::string most = fmt::format("{:.0f} %", share(all.front()));
  const std::string least = fmt::format("{:.0f}", share(all.back()));
  const std::string shares = most == least + " %" ? most : fmt::format("{} to {}", least, most);
  if (bandwidth == Bandwidth::growing) {
    return fmt::format("{} {} memory as fast as these cores can ({}{} of the ceiling); {}.",
                       listed(works), works.size() == 1 ? "reads" : "read", one ? way + ": " : "",
                       shares, outlook_of(bandwidth));
  }
  return fmt::format("Memory limits {}: {} at {} of what {} can read; {}.", listed(works),
                     one ? way + " reads" : "they read", shares,
                     one ? "this placement" : "their placements", outlook_of(bandwidth));
}

Draft of_memory(Bandwidth bandwidth, const std::vector<Named>& all) {
  Times times;
  for (const Named& named : all) times.merge(times_with_ceiling(named.at));
  const Named& nearest = all.front();
  return finding(FindingKind::limit, words_of_memory(bandwidth, all),
                 {.value = nearest.at.numbers->ceiling_share}, nearest.at, times);
}

/// The best case of the group that loses the most, among groups that memory does not limit.
std::optional<Named> largest_loss(const std::vector<CaseGroup>& groups) {
  std::optional<Named> most;
  for (const CaseGroup& group : groups) {
    const auto best = best_of(group);
    if (!best || !best->row->waterfall || at_the_ceiling(*best)) continue;
    if (most && most->at.row->waterfall->loss >= best->row->waterfall->loss) continue;
    most = Named{&group, *best};
  }
  return most;
}

std::string words_of_loss(const Named& named) {
  const double loss = named.at.row->waterfall->loss;
  const std::string name = named.group->name(), way = way_of(named.at);
  if (loss <= 0) {
    return fmt::format(
        "Nothing limits: at the best placements, no workload is less efficient than its own one "
        "worker ({}, {}, is nearest to it: {} more efficient).",
        name, way, percent(-loss, 1));
  }
  if (loss < worth_a_word) {
    return fmt::format(
        "Nothing limits much: at the best placements, at most {} of the efficiency of the own one "
        "worker is lost ({}, {}).",
        percent(loss, 1), name, way);
  }
  const Loss main = main_loss(named.at);
  return fmt::format(
      "{} with {} loses {} of the efficiency of its own one worker, {:.1f} of these {:.1f} points "
      "{}: {}.",
      name, way, percent(loss, 1), 100 * main.share, 100 * loss, main.name, main.remedy);
}

}  // namespace

std::vector<Draft> limit(const Report& report) {
  const std::vector<CaseGroup> groups = case_groups(report);
  std::vector<Draft> out;
  for (const auto& [bandwidth, all] : at_ceilings(report, groups)) {
    out.push_back(of_memory(bandwidth, all));
  }
  const auto named = largest_loss(groups);
  if (named && (out.empty() || named->at.row->waterfall->loss >= worth_a_word)) {
    out.push_back(finding(FindingKind::limit, words_of_loss(*named),
                          {.value = named->at.row->waterfall->loss}, named->at,
                          times_over_own(named->at)));
  }
  return out;
}

}  // namespace scalelaw::harness
