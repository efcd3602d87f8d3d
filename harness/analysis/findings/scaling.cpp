#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/caches.hpp"

namespace scalelaw::harness {
namespace {

/// The best case of a group.
struct Best {
  std::string work;
  Case at;
};

std::vector<Best> best_cases(const std::vector<CaseGroup>& groups, Scaling scaling) {
  std::vector<Best> out;
  for (const CaseGroup& group : groups) {
    if (group.first().scaling != scaling) continue;
    if (const auto best = best_of(group)) out.push_back({name_of(group, groups), *best});
  }
  std::stable_sort(out.begin(), out.end(), [](const Best& a, const Best& b) {
    return efficiency_of(a.at).value > efficiency_of(b.at).value;
  });
  return out;
}

double upper_end(const Bracketed& quantity) {
  return std::isnan(quantity.high) ? quantity.value : quantity.high;
}

std::string workers_of(const Case& at) {
  return counted(static_cast<std::size_t>(at.numbers->workers), "worker");
}

/// "prime_sieve 1.98 [1.97, 1.99] (openmp 1x1x2, 99 % of linear)".
std::string in_short(const Best& best) {
  return fmt::format("{} {} ({}, {} of linear)", best.work, shown(speedup_of(best.at)),
                     way_of(best.at), percent(efficiency_of(best.at).value));
}

Finding of_one(const Best& best, Scaling scaling) {
  const Bracketed& speedup = speedup_of(best.at);
  const std::string text =
      scaling == Scaling::strong
          ? fmt::format("{} runs {} times as fast as {} with {} ({}): {} of linear speedup.",
                        best.work, shown(speedup), baseline_of(best.at), workers_of(best.at),
                        way_of(best.at), percent(efficiency_of(best.at).value))
          : fmt::format(
                "With a size that grows, {} does {} times the work of {} in the same time "
                "with {} ({}): {} of linear.",
                best.work, shown(speedup), baseline_of(best.at), workers_of(best.at),
                way_of(best.at), percent(efficiency_of(best.at).value));
  return finding(FindingKind::scaling, text, speedup, best.at);
}

/// What all of them are over.
std::string common_baseline(const std::vector<Best>& bests) {
  const std::string first = baseline_of(bests.front().at);
  const bool same = std::all_of(bests.begin(), bests.end(),
                                [&](const Best& best) { return baseline_of(best.at) == first; });
  return same ? first : "the baseline of each";
}

/// The bests are sorted, the most efficient first.
Finding of_many(const std::vector<Best>& bests, Scaling scaling) {
  const Best& first = bests.front();
  return finding(
      FindingKind::scaling,
      fmt::format("Best {} over {}, in {}: nearest to linear {}; farthest from it {}.",
                  scaling == Scaling::strong ? "speedup" : "scaled speedup", common_baseline(bests),
                  counted(bests.size(), "experiment"), in_short(first), in_short(bests.back())),
      speedup_of(first.at), first.at);
}

/// The case of a group with the fewest workers whose efficiency is certainly below the limit.
std::optional<Case> first_below(const CaseGroup& group, double limit) {
  std::optional<Case> first;
  for (const Case& at : group.cases) {
    const Bracketed& efficiency = efficiency_of(at);
    if (at.numbers->workers <= 1 || !is_known(efficiency)) continue;
    if (upper_end(efficiency) >= limit) continue;
    if (!first || at.numbers->workers < first->numbers->workers) first = at;
  }
  return first;
}

/// Why a case is faster than its number of workers explains.
std::string why_superlinear(const Report& report, const Case& at) {
  const auto caches = caches_of(report.results->environment);
  const Point* one = at.series->own
                         ? &report.results->points[static_cast<std::size_t>(at.series->own->point)]
                         : nullptr;
  if (caches && one != nullptr) {
    const auto alone = level_of(*caches, *one), together = level_of(*caches, *at.point);
    if (alone && together && *together < *alone) {
      return fmt::format("each worker's share now stays in {}", to_string(*together));
    }
  }
  return "either each worker's share now fits a cache, or the baseline is slow: compare it with a "
         "serial program of another kind";
}

}  // namespace

std::vector<Finding> scaling(const Report& report) {
  const std::vector<CaseGroup> groups = case_groups(report);
  std::vector<Finding> out;
  for (const Scaling kind : {Scaling::strong, Scaling::weak}) {
    const std::vector<Best> bests = best_cases(groups, kind);
    if (bests.empty()) continue;
    out.push_back(bests.size() == 1 ? of_one(bests.front(), kind) : of_many(bests, kind));
  }
  return out;
}

std::vector<Finding> efficiency(const Report& report, const FindingLimits& limits) {
  const std::vector<CaseGroup> groups = case_groups(report);
  std::optional<Case> worst;
  std::string name;
  std::size_t scaled = 0, below = 0;
  for (const CaseGroup& group : groups) {
    if (!best_of(group)) continue;
    ++scaled;
    const auto first = first_below(group, limits.efficiency);
    if (!first) continue;
    ++below;
    if (worst && worst->numbers->workers <= first->numbers->workers) continue;
    worst = first;
    name = name_of(group, groups);
  }
  if (scaled == 0) return {};
  const std::string limit = percent(limits.efficiency);
  if (!worst) {
    return {finding(FindingKind::efficiency,
                    fmt::format("Nowhere is efficiency certainly below {}, up to the most workers "
                                "that were measured.",
                                limit),
                    {.value = limits.efficiency})};
  }
  const Bracketed& efficiency = efficiency_of(*worst);
  return {
      finding(FindingKind::efficiency,
              fmt::format("Efficiency is below {} in {} of {}, the earliest at {}: {} ({}) has {}.",
                          limit, below, counted(scaled, "experiment"), workers_of(*worst), name,
                          way_of(*worst), shown(efficiency)),
              efficiency, *worst)};
}

std::vector<Finding> superlinear(const Report& report) {
  constexpr double linear_and_more = 1.1;
  const std::vector<CaseGroup> groups = case_groups(report);
  std::optional<Case> most;
  std::string name;
  std::size_t count = 0;
  for (const CaseGroup& group : groups) {
    for (const Case& at : group.cases) {
      if (at.numbers->workers <= 1 || !(efficiency_of(at).value > linear_and_more)) continue;
      if (efficiency_of(at).low <= 1) continue;
      ++count;
      if (most && efficiency_of(*most).value >= efficiency_of(at).value) continue;
      most = at;
      name = name_of(group, groups);
    }
  }
  if (!most) return {};
  const std::string others =
      count > 1 ? fmt::format(" (and {} more)", counted(count - 1, "point")) : "";
  return {finding(FindingKind::superlinear,
                  fmt::format("{} ({}) is {} times as fast as {} with {}, more than linear{}: {}.",
                              name, way_of(*most), shown(speedup_of(*most)), baseline_of(*most),
                              workers_of(*most), others, why_superlinear(report, *most)),
                  speedup_of(*most), *most)};
}

}  // namespace scalelaw::harness
