#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

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

std::string remedy_for_imbalance(const Model& model) {
  if (model.threaded) return "try schedule = \"dynamic\"";
  return model.ranked ? "try distribution = \"dynamic\"" : "try more and smaller items";
}

Loss main_loss(const Case& at) {
  const Waterfall& lost = *at.row->waterfall;
  const std::array<Loss, 6> losses{
      {{lost.serial, "in serial phases", "a larger size makes them a smaller part"},
       {lost.imbalance, "to imbalance", remedy_for_imbalance(at.point->model)},
       {lost.wait, "to waiting", "try a larger size, and check binding with `scalelaw doctor`"},
       {lost.transfer, "in transfer between ranks",
        "try a larger size, or fewer ranks with threads"},
       {lost.memory, "to the memory that workers share", "try more nodes, or fewer bytes per item"},
       {lost.unexplained, "for reasons that the phases do not show",
        "compare the clock of one busy core with that of all"}}};
  return *std::max_element(losses.begin(), losses.end(),
                           [](const Loss& a, const Loss& b) { return a.share < b.share; });
}

/// A case with the name of its group.
struct Named {
  std::string work;
  Case at;
};

bool at_the_ceiling(const Case& at) {
  return at.numbers->ceiling_share >= near_the_ceiling && at.numbers->ceiling_doubt.empty();
}

/// The best case of the group whose memory reads are closest to the machine's limit.
std::optional<Named> nearest_ceiling(const std::vector<CaseGroup>& groups) {
  std::optional<Named> nearest;
  for (const CaseGroup& group : groups) {
    const auto best = best_of(group);
    if (!best || !at_the_ceiling(*best)) continue;
    const double share = best->numbers->ceiling_share;
    if (nearest && nearest->at.numbers->ceiling_share >= share) continue;
    nearest = Named{name_of(group, groups), *best};
  }
  return nearest;
}

/// The best case of the group that loses the most, among groups that memory does not limit.
std::optional<Named> largest_loss(const std::vector<CaseGroup>& groups) {
  std::optional<Named> most;
  for (const CaseGroup& group : groups) {
    const auto best = best_of(group);
    if (!best || !best->row->waterfall || at_the_ceiling(*best)) continue;
    if (most && most->at.row->waterfall->loss >= best->row->waterfall->loss) continue;
    most = Named{name_of(group, groups), *best};
  }
  return most;
}

Finding of_memory(const Named& named) {
  const double share = named.at.numbers->ceiling_share;
  return finding(FindingKind::limit,
                 fmt::format("Memory limits {}: {} reads at {} of what this placement can read; "
                             "more cores of the same node cannot help.",
                             named.work, way_of(named.at), percent(share)),
                 {.value = share}, named.at);
}

Finding of_loss(const Named& named) {
  const double loss = named.at.row->waterfall->loss;
  if (loss < worth_a_word) {
    return finding(FindingKind::limit,
                   fmt::format("Nothing limits much: at the best placements the largest loss of "
                               "efficiency is {} ({}, {}).",
                               percent(loss, 1), named.work, way_of(named.at)),
                   {.value = loss}, named.at);
  }
  const Loss main = main_loss(named.at);
  return finding(FindingKind::limit,
                 fmt::format("{} loses {} of its efficiency ({}), of which {} {}; {}.", named.work,
                             percent(loss, 1), way_of(named.at), percent(main.share, 1), main.name,
                             main.remedy),
                 {.value = loss}, named.at);
}

}  // namespace

std::vector<Finding> limit(const Report& report) {
  const std::vector<CaseGroup> groups = case_groups(report);
  std::vector<Finding> out;
  if (const auto named = nearest_ceiling(groups)) out.push_back(of_memory(*named));
  if (const auto named = largest_loss(groups)) {
    if (out.empty() || named->at.row->waterfall->loss >= worth_a_word) {
      out.push_back(of_loss(*named));
    }
  }
  return out;
}

}  // namespace scalelaw::harness
