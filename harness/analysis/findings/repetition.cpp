#include "harness/analysis/findings/repetition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/numbers.hpp"
#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
namespace {

constexpr double patience_s = 6 * 3600;     // repeating for longer is not suggested
constexpr double patience_launches = 1000;  // likewise, where nobody knows how long a launch takes

/// The seconds of a launch of each point: the mean over those that count.
std::vector<double> launch_seconds(const Results& results) {
  std::vector<double> sum(results.points.size()), count(results.points.size());
  for (const Launch& launch : results.launches) {
    if (!gives_times(launch)) continue;
    sum[static_cast<std::size_t>(launch.point)] += launch.wall_s;
    ++count[static_cast<std::size_t>(launch.point)];
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] /= std::max(1.0, count[i]);
  give_sharers(results.points, sum);
  return sum;
}

/// How many launches a point lacks; allocations, where it has several.  An interval narrows with the
/// square root of their number.
double missing_repetitions(const Summary& summary, double target) {
  const auto n = static_cast<double>(summary.repetitions_s().size());
  const double width = summary.half_width();
  if (!std::isfinite(width)) return std::max(0.0, 8 - n);
  return width > target ? std::ceil(n * (std::pow(width / target, 2) - 1)) : 0;
}

std::string duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", std::max(1.0, seconds));
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.0f} h", seconds / 3600);
}

/// What one launch is in the files that times were imported from: "row", "run".
std::string launch_noun(const Report& report) {
  const auto found = report.results->environment.find("import.launch");
  return found == report.results->environment.end() ? "launch" : found->second;
}

/// Where nobody knows how long a launch took, as of imported times, their number alone can be named.
std::optional<std::string> more_launches(const Report& report,
                                         const std::vector<std::int64_t>& wide, double launches) {
  const std::string noun = launch_noun(report);
  const bool lacks_one = std::ranges::any_of(
      wide, [&](std::int64_t point) { return !report.summary(point).interval_s.has_value(); });
  if (lacks_one) {
    return fmt::format("at least {} for each count of workers", counted(fewest_repetitions, noun));
  }
  if (launches == 0) return std::nullopt;
  const std::string more = counted(static_cast<std::size_t>(launches), noun) + " more in all";
  return launches > patience_launches
             ? "a larger problem or a wider target: by repetition alone, " + more
             : more;
}

bool counts_allocations(const Report& report, std::int64_t point) {
  return report.summary(point).allocations > 1;
}

/// No further launch in the same allocations would help.
std::string more_allocations(const Report& report, const std::vector<std::int64_t>& wide) {
  auto most = static_cast<double>(fewest_repetitions);
  for (const std::int64_t point : wide) {
    if (!counts_allocations(report, point)) continue;
    const Summary& summary = report.summary(point);
    const double missing = missing_repetitions(summary, report.results->target_interval);
    most = std::max(most, static_cast<double>(summary.allocations) + missing);
  }
  if (most > patience_launches) {
    return "nodes that are more alike, or a wider target";
  }
  return fmt::format(
      "{} of the nodes (`allocations` in [slurm]), or all launches of a point in one",
      counted(static_cast<std::size_t>(most), "allocation"));
}

}  // namespace

std::optional<std::string> more_repetition(const Report& report,
                                           const std::vector<std::int64_t>& wide) {
  if (std::ranges::any_of(wide,
                          [&](std::int64_t point) { return counts_allocations(report, point); })) {
    return more_allocations(report, wide);
  }
  const std::vector<double> seconds = launch_seconds(*report.results);
  double launches = 0;
  double further_s = 0;  // NaN: nobody knows how long a launch takes
  for (const std::int64_t point : wide) {
    if (report.point(point).shares >= 0 &&
        std::ranges::count(wide, report.point(point).shares) > 0) {
      continue;  // the launches of the other narrow this one as well
    }
    const double missing =
        missing_repetitions(report.summary(point), report.results->target_interval);
    launches += missing;
    further_s += missing * seconds[static_cast<std::size_t>(point)];
  }
  if (std::isnan(further_s)) return more_launches(report, wide, launches);
  if (further_s > patience_s) {
    return "a larger size or a wider target: repetition alone would take " + duration(further_s);
  }
  if (further_s > 0) return fmt::format("about {} more of measuring", duration(further_s));
  return std::nullopt;
}

}  // namespace scalelaw::harness
