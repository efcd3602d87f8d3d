#include "harness/analysis/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>

#include "common/error.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/statistics/observed_summary.hpp"

namespace scalelaw::harness {
namespace {

/// A campaign to be compared.
struct ComparedCampaign {
  explicit ComparedCampaign(const Results& measured)
      : results(measured),
        summaries(summarize_all(measured)),
        samples(samples_by_launch(measured)) {}

  const Results& results;
  std::vector<Summary> summaries;
  std::vector<std::span<const Sample>> samples;  ///< of each launch
};

/// A point of a campaign, and what is known about its time.
struct Side {
  Side(const ComparedCampaign& campaign, std::int64_t index)
      : point(campaign.results.point(index)),
        summary(campaign.summaries[static_cast<std::size_t>(index)]) {
    std::vector<LaunchTime> rates, counts;  // in place of times
    for (const LaunchTime& one : summary.launches) {
      const auto at = static_cast<std::size_t>(one.launch);
      const double hz =
          observed_of(campaign.results.launches[at].header, campaign.samples[at]).clock_hz;
      if (!(hz > 0)) return;
      rates.push_back(one);
      rates.back().median_s = hz;
      counts.push_back(one);
      counts.back().median_s *= hz;
    }
    clocks_hz = repetitions_s(rates);
    cycles = repetitions_s(counts);
  }

  [[nodiscard]] bool tells_clock() const { return !cycles.empty(); }

  const Point& point;
  const Summary& summary;
  // Of the launches, or of their allocations, as times are: empty unless every launch that counts
  // tells its clock rate.
  std::vector<double> clocks_hz;
  std::vector<double> cycles;  ///< that fit in these times
};

void judge_clock(ComparedPoint& out, const Side& before, const Side& after, double tolerance) {
  if (!before.tells_clock() || !after.tells_clock()) return;
  out.base_hz = median(before.clocks_hz);
  out.now_hz = median(after.clocks_hz);
  if (out.change != Change::faster && out.change != Change::slower) return;
  out.clock_explains = same_cycles(ratio_over_launches(after.cycles, before.cycles), tolerance);
}

ComparedPoint compared(std::int64_t base, std::int64_t now, const Side& before, const Side& after,
                       double tolerance) {
  ComparedPoint out{.base = base,
                    .now = now,
                    .base_s = before.summary.median_s,
                    .now_s = after.summary.median_s,
                    .ratio = {unknown_number, {}},
                    .change = Change::missing,
                    .base_marks = marks_of(before.point, before.summary),
                    .now_marks = marks_of(after.point, after.summary)};
  if (!has_time(before.point, before.summary) || !has_time(after.point, after.summary)) return out;
  out.ratio = measured_ratio(after.summary, before.summary);
  out.change = judge_change(out.ratio, tolerance);
  judge_clock(out, before, after, tolerance);
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

bool same_cycles(const Ratio& cycles, double tolerance) {
  if (!cycles.interval) return false;
  const bool holds_one = cycles.interval->low <= 1 && cycles.interval->high >= 1;
  return holds_one || judge_change(cycles, tolerance) == Change::same;
}

std::int64_t Comparison::explained_by_clock() const {
  return std::ranges::count_if(points, &ComparedPoint::clock_explains);
}

std::int64_t Comparison::newly_failed(const Results& now) const {
  return std::count_if(points.begin(), points.end(), [&](const ComparedPoint& p) {
    return std::isfinite(p.base_s) && is_failure(now.point(p.now).state);
  });
}

Comparison compare(const Results& base, const Results& now, double tolerance) {
  if (!(tolerance >= 0)) throw Error("a tolerance cannot be negative", "give --tolerance 0.05");
  const ComparedCampaign before(base), after(now);
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
    const auto index = static_cast<std::int64_t>(i);
    out.points.push_back(
        compared(index, found->second, Side(before, index), Side(after, found->second), tolerance));
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
