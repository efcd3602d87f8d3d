#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/caches.hpp"

namespace scalelaw::harness {
namespace {

/// The best case of a workload.
struct Best {
  std::string work;
  Case at;
};

/// The least efficient first.
std::vector<Best> best_cases(const std::vector<CaseGroup>& groups, Scaling scaling) {
  std::vector<Best> out;
  for (const CaseGroup& group : groups) {
    if (group.first().scaling != scaling) continue;
    if (const auto best = best_of(group)) out.push_back({group.work, *best});
  }
  std::stable_sort(out.begin(), out.end(), [](const Best& a, const Best& b) {
    return efficiency_of(a.at).value < efficiency_of(b.at).value;
  });
  return out;
}

std::string of_linear(const Best& best) {
  return percent(efficiency_of(best.at).value) + " of linear";
}

std::string of_one(const Best& best, Scaling scaling) {
  const std::string speedup = shown(speedup_of(best.at));
  const std::string base = baseline_of(best.at), workers = workers_of(best.at);
  if (scaling == Scaling::strong) {
    return fmt::format("{} with {} ({}) runs {} times as fast as {}: {} speedup", best.work,
                       workers, way_of(best.at), speedup, base, of_linear(best));
  }
  return fmt::format(
      "with a size that grows, {} does {} times the work of {} in the same time with {} ({}): {}",
      best.work, speedup, base, workers, way_of(best.at), of_linear(best));
}

/// What all of them are over; nothing where that differs.
std::optional<std::string> common_baseline(const std::vector<Best>& bests) {
  const std::string first = baseline_of(bests.front().at);
  const bool same = std::all_of(bests.begin(), bests.end(),
                                [&](const Best& best) { return baseline_of(best.at) == first; });
  return same ? std::optional(first) : std::nullopt;
}

/// "97 % of linear for prime_sieve (1.93 [1.86, 2.01], hybrid 1x1x2)".  Names the baseline where
/// it is not common to all.
std::string in_short(const Best& best, const std::string& share, bool common) {
  return fmt::format("{} for {} ({}{}, {})", share, best.work, shown(speedup_of(best.at)),
                     common ? "" : " over " + baseline_of(best.at), way_of(best.at));
}

/// Without the baseline and the number of workloads where the sentence has said them.
std::string of_many(const std::vector<Best>& bests, Scaling scaling, const std::string& said) {
  const Best &least = bests.front(), &most = bests.back();
  const auto common = common_baseline(bests);
  const std::string range =
      fmt::format("{} to {}", in_short(least, of_linear(least), common.has_value()),
                  in_short(most, percent(efficiency_of(most.at).value), common.has_value()));
  const std::string base = fmt::format("{}in {}", common ? "over " + *common + ", " : "",
                                       counted(bests.size(), "workload"));
  const bool repeats = said.find(base + ":") != std::string::npos;
  if (scaling == Scaling::strong) return fmt::format("best speedups {}: {}", base, range);
  return fmt::format("with a size that grows, {}{}",
                     repeats ? "" : fmt::format("best scaled speedups {}: ", base), range);
}

/// `said`: the sentence so far.
std::string of_kind(const std::vector<Best>& bests, Scaling scaling, const std::string& said) {
  std::string text =
      bests.size() == 1 ? of_one(bests.front(), scaling) : of_many(bests, scaling, said);
  const bool name_first = bests.size() == 1 && scaling == Scaling::strong;
  if (said.empty() && !name_first) text.front() = scaling == Scaling::strong ? 'B' : 'W';
  return text;
}

/// The most efficient of the cases with each number of workers, the fewest workers first.
std::vector<Case> best_at_each_count(const CaseGroup& group) {
  std::map<std::int64_t, Case> best;
  for (const Case& at : group.cases) {
    if (at.numbers->workers <= 1 || !is_known(efficiency_of(at))) continue;
    const auto [entry, is_new] = best.try_emplace(at.numbers->workers, at);
    if (!is_new && efficiency_of(at).value > efficiency_of(entry->second).value) {
      entry->second = at;
    }
  }
  std::vector<Case> out;
  for (const auto& [workers, at] : best) out.push_back(at);
  return out;
}

double upper_end(const Bracketed& quantity) {
  return std::isnan(quantity.high) ? quantity.value : quantity.high;
}

std::string whole_percent(double fraction) {
  return percent(fraction);
}

/// Where a workload falls below the limit: even its best case does, with its interval.
struct Fall {
  std::string work;
  Case at;
};

std::string words_of(const Fall& first, std::size_t below, std::size_t scaled,
                     const std::string& limit) {
  const Bracketed& efficiency = efficiency_of(first.at);
  const std::string where =
      scaled == 1 ? "" : fmt::format(" in {} of {}, first", below, counted(scaled, "workload"));
  return fmt::format("Efficiency over {} falls below {}{} at {}: at best, {} has {} ({}).",
                     baseline_of(first.at), limit, where, workers_of(first.at), first.work,
                     with_interval(efficiency.value, interval_of(efficiency), whole_percent),
                     way_of(first.at));
}

/// The cache in which each worker's share stays now, and did not with one worker.
std::optional<CacheLevel> new_cache(const Report& report, const Case& at) {
  const auto caches = caches_of(report.results->environment);
  if (!caches || !at.series->own || at.series->own->point < 0) return std::nullopt;
  const auto alone = level_of(*caches, report.point(at.series->own->point));
  const auto together = level_of(*caches, *at.point);
  return alone && together && *together < *alone ? together : std::nullopt;
}

/// Why a case is faster than its number of workers explains.
std::string why_superlinear(const Report& report, const Case& at) {
  if (const auto level = new_cache(report, at)) {
    return fmt::format("each worker's share now stays in {}", to_string(*level));
  }
  return "either each worker's share now fits a cache, or the baseline is slow: compare it with a "
         "serial program of another kind";
}

/// Whether the whole interval is above the number of workers.
bool is_superlinear(const Case& at) {
  constexpr double linear_and_more = 1.1;
  const Bracketed& efficiency = efficiency_of(at);
  return at.numbers->workers > 1 && efficiency.value > linear_and_more && efficiency.low > 1;
}

}  // namespace

std::vector<Draft> scaling(const Report& report) {
  const std::vector<CaseGroup> groups = case_groups(report);
  std::string text;
  Times times;
  std::optional<Case> told;
  for (const Scaling kind : {Scaling::strong, Scaling::weak}) {
    const std::vector<Best> bests = best_cases(groups, kind);
    if (bests.empty()) continue;
    const std::string part = of_kind(bests, kind, text);
    text += (text.empty() ? "" : "; ") + part;
    if (!told) told = bests.back().at;
    times.merge(times_of_speedup(bests.front().at));
    times.merge(times_of_speedup(bests.back().at));
  }
  if (!told) return {};
  return {finding(FindingKind::scaling, text + ".", speedup_of(*told), *told, times)};
}

std::vector<Draft> efficiency(const Report& report, const FindingLimits& limits) {
  std::optional<Fall> first;
  std::size_t scaled = 0, below = 0;
  bool certain = true;
  for (const CaseGroup& group : case_groups(report)) {
    const std::vector<Case> bests = best_at_each_count(group);
    if (bests.empty()) continue;
    ++scaled;
    for (const Case& at : bests) certain = certain && interval_of(efficiency_of(at)).has_value();
    const auto falls = std::find_if(bests.begin(), bests.end(), [&](const Case& at) {
      return upper_end(efficiency_of(at)) < limits.efficiency;
    });
    if (falls == bests.end()) continue;
    ++below;
    if (first && first->at.numbers->workers <= falls->numbers->workers) continue;
    first = Fall{group.name(), *falls};
  }
  if (scaled == 0) return {};
  const std::string limit = exact_percent(limits.efficiency);
  if (!first) {
    return {finding(FindingKind::efficiency,
                    fmt::format("Efficiency is nowhere {}below {}, up to the most workers that "
                                "were measured.",
                                certain ? "certainly " : "", limit),
                    {.value = limits.efficiency})};
  }
  return {finding(FindingKind::efficiency, words_of(*first, below, scaled, limit),
                  efficiency_of(first->at), first->at, times_of_speedup(first->at))};
}

std::vector<Draft> superlinear(const Report& report) {
  std::optional<Case> most;
  std::string name;
  std::size_t count = 0;
  for (const CaseGroup& group : case_groups(report)) {
    for (const Case& at : group.cases) {
      if (!is_superlinear(at)) continue;
      ++count;
      if (most && efficiency_of(*most).value >= efficiency_of(at).value) continue;
      most = at;
      name = group.name();
    }
  }
  if (!most) return {};
  const std::string others =
      count > 1 ? fmt::format(" (and {} more)", counted(count - 1, "point")) : "";
  return {finding(FindingKind::superlinear,
                  fmt::format("{} ({}) is {} times as fast as {} with {}, more than linear{}: {}.",
                              name, way_of(*most), shown(speedup_of(*most)), baseline_of(*most),
                              workers_of(*most), others, why_superlinear(report, *most)),
                  speedup_of(*most), *most, times_of_speedup(*most))};
}

}  // namespace scalelaw::harness
