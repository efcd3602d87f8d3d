#include "harness/analysis/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "common/error.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {
namespace {

/// Two points with the same identity, and what is known about their times.
struct Pair {
  const Point &base, &now;
  const Summary &before, &after;
};

ComparedPoint compared(std::int64_t base, std::int64_t now, const Pair& pair, double tolerance) {
  ComparedPoint out{.base = base,
                    .now = now,
                    .base_s = pair.before.median_s,
                    .now_s = pair.after.median_s,
                    .ratio = {unknown_number, {}},
                    .change = Change::missing,
                    .base_marks = marks_of(pair.base, pair.before),
                    .now_marks = marks_of(pair.now, pair.after)};
  if (!has_time(pair.base, pair.before) || !has_time(pair.now, pair.after)) return out;
  out.ratio = measured_ratio(pair.after, pair.before);
  out.change = judge_change(out.ratio, tolerance);
  return out;
}

void require_same_clock(const Point& base, const Point& now) {
  if (are_comparable(base.clock, now.clock)) return;
  throw Error(
      fmt::format("the times of '{}' are {} in the old file and {} in the new one", base.id,
                  to_string(base.clock), to_string(now.clock)),
      "compare real times with real ones: run both campaigns with the same kind of launcher");
}

/// The names in the environment whose difference may explain a change of times.
std::vector<std::string> differences(const Results& base, const Results& now) {
  std::vector<std::string> out;
  for (const char* name : {"host.name", "cpu.model", "cpu.governor", "cores.allowed", "os.kernel",
                           "huge_pages.transparent", "driver.build.compiler", "driver.build.flags",
                           "driver.build.revision", "driver.mpi.library"}) {
    const auto value = [&](const Results& results) -> std::string {
      const auto found = results.environment.find(name);
      return found == results.environment.end() ? "unknown" : found->second;
    };
    const std::string before = value(base), after = value(now);
    if (before != after) out.push_back(fmt::format("{}: {}, now {}", name, before, after));
  }
  return out;
}

}  // namespace

Change judge_change(const Ratio& ratio, double tolerance) {
  if (!std::isfinite(ratio.value)) return Change::missing;
  if (!ratio.interval) return Change::undecided;
  const double most = 1 + tolerance, least = 1 / most;
  if (ratio.interval->low > most) return Change::slower;
  if (ratio.interval->high < least) return Change::faster;
  if (ratio.interval->low >= least && ratio.interval->high <= most) return Change::same;
  return Change::undecided;
}

std::int64_t Comparison::count(Change change) const {
  return std::count_if(points.begin(), points.end(),
                       [change](const ComparedPoint& p) { return p.change == change; });
}

std::int64_t Comparison::newly_failed(const Results& now) const {
  return std::count_if(points.begin(), points.end(), [&](const ComparedPoint& p) {
    return std::isfinite(p.base_s) && is_failure(now.point(p.now).state);
  });
}

Comparison compare(const Results& base, const Results& now, double tolerance) {
  if (!(tolerance >= 0)) throw Error("a tolerance cannot be negative", "give --tolerance 0.05");
  const auto before = summarize_all(base), after = summarize_all(now);
  std::map<std::string, std::int64_t> place;
  for (std::size_t i = 0; i < now.points.size(); ++i) {
    if (is_ceiling(now.points[i])) continue;
    place.emplace(now.points[i].id, static_cast<std::int64_t>(i));
  }
  Comparison out;
  out.tolerance = tolerance;
  out.differences = differences(base, now);
  for (std::size_t i = 0; i < base.points.size(); ++i) {
    if (is_ceiling(base.points[i])) continue;
    const auto found = place.find(base.points[i].id);
    if (found == place.end()) {
      out.only_base.push_back(static_cast<std::int64_t>(i));
      continue;
    }
    const auto j = static_cast<std::size_t>(found->second);
    require_same_clock(base.points[i], now.points[j]);
    out.points.push_back(compared(static_cast<std::int64_t>(i), found->second,
                                  {base.points[i], now.points[j], before[i], after[j]}, tolerance));
    place.erase(found);
  }
  for (const auto& [id, index] : place) out.only_now.push_back(index);
  std::sort(out.only_now.begin(), out.only_now.end());
  if (out.points.empty()) {
    throw Error(
        "the two files have no point in common",
        "compare runs of one config: kernels, parameters, models and placements must agree");
  }
  return out;
}

}  // namespace scalelaw::harness
