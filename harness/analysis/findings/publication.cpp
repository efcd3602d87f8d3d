#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

constexpr double patience_s = 6 * 3600;  // repeating for longer is not suggested

/// Something that keeps the results from being published, and what would help.
struct Obstacles {
  std::vector<std::string> reasons, remedies;
  double further_s = 0;  ///< of repetition that would narrow the wide intervals; 0: none
};

std::vector<std::size_t> timed_points(const Report& report) {
  std::vector<std::size_t> out;
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      if (report.of(row).timed) out.push_back(static_cast<std::size_t>(row.point));
    }
  }
  return out;
}

/// The seconds of a launch of each point, on average.
std::vector<double> launch_seconds(const Results& results) {
  std::vector<double> sum(results.points.size()), count(results.points.size());
  for (const Launch& launch : results.launches) {
    sum[static_cast<std::size_t>(launch.point)] += launch.wall_s;
    ++count[static_cast<std::size_t>(launch.point)];
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] /= std::max(1.0, count[i]);
  return sum;
}

/// How many launches a point lacks.  An interval narrows with the square root of their number.
double missing_launches(const Summary& summary, double target) {
  const auto n = static_cast<double>(summary.launches.size());
  const double width = summary.half_width();
  if (!std::isfinite(width)) return std::max(0.0, 8 - n);
  return width > target ? std::ceil(n * (std::pow(width / target, 2) - 1)) : 0;
}

void add_wide_intervals(const Report& report, Obstacles& out) {
  const double target = report.results->target_interval;
  const std::vector<std::size_t> points = timed_points(report);
  const std::vector<double> seconds = launch_seconds(*report.results);
  std::size_t wide = 0, widest = points.front();
  for (const std::size_t point : points) {
    const Summary& summary = report.summaries[point];
    if (report.results->points[point].state == State::unstable) continue;
    if (summary.half_width() <= target) continue;
    ++wide;
    if (summary.half_width() > report.summaries[widest].half_width()) widest = point;
    out.further_s += missing_launches(summary, target) * seconds[point];
  }
  if (wide == 0) return;
  const double most = report.summaries[widest].half_width();
  out.reasons.push_back(fmt::format(
      "{} of {} medians have no interval within the target of {} (the widest: {}, {})", wide,
      points.size(), percent(target, 1), point_label(report.results->points[widest]),
      std::isfinite(most) ? "±" + percent(most) : "too few launches"));
}

void add_marked_points(const Report& report, Obstacles& out) {
  std::size_t busy = 0, unstable = 0;
  for (const std::size_t point : timed_points(report)) {
    busy += report.summaries[point].busy ? 1 : 0;
    unstable += report.results->points[point].state == State::unstable ? 1 : 0;
  }
  if (busy > 0) {
    out.reasons.push_back(fmt::format("{} on a busy machine", counted(busy, "point")));
    out.remedies.emplace_back("a quiet machine");
  }
  if (unstable > 0) {
    out.reasons.push_back(fmt::format("{} with two centres", counted(unstable, "point")));
    out.remedies.emplace_back("a fixed clock frequency, and a search for what alternates");
  }
}

/// A law with two parameters always passes through the times of two worker counts.
void add_short_series(const Report& report, Obstacles& out) {
  std::size_t most = 0;
  bool parallel = false;
  for (const ReportSeries& series : report.series) {
    if (!series.series.first->model.is_parallel()) continue;
    std::set<std::int64_t> counts;
    for (const ReportRow& row : series.rows) {
      if (report.of(row).timed) counts.insert(report.of(row).workers);
    }
    parallel = parallel || counts.size() > 1;
    most = std::max(most, counts.size());
  }
  if (!parallel || most > 3) return;
  out.reasons.push_back(
      fmt::format("no series has more than {} worker counts to test a law with", most));
  out.remedies.emplace_back("at least 4 worker counts");
}

void add_rules(const Report& report, Obstacles& out) {
  std::vector<int> broken;
  for (const RuleVerdict& rule : report.rules) {
    if (rule.standing == Standing::broken) broken.push_back(rule.number);
  }
  if (broken.empty()) return;
  out.reasons.push_back(
      fmt::format("{} {} broken", broken.size() == 1 ? "rule" : "rules", fmt::join(broken, ", ")));
}

std::string duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", std::max(1.0, seconds));
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.0f} h", seconds / 3600);
}

Obstacles obstacles_of(const Report& report) {
  Obstacles out;
  add_marked_points(report, out);
  add_wide_intervals(report, out);
  add_short_series(report, out);
  add_rules(report, out);
  if (out.further_s > patience_s) {
    out.remedies.emplace_back("a larger size or a wider target: repetition alone would take " +
                              duration(out.further_s));
  } else if (out.further_s > 0) {
    out.remedies.push_back(fmt::format("about {} more of measuring", duration(out.further_s)));
  }
  return out;
}

}  // namespace

std::vector<Finding> publication(const Report& report) {
  const std::vector<std::size_t> points = timed_points(report);
  if (points.empty()) return {};
  const Obstacles found = obstacles_of(report);
  const Bracketed count{.value = static_cast<double>(found.reasons.size())};
  if (found.reasons.empty()) {
    return {finding(
        FindingKind::publication,
        fmt::format("Nothing speaks against publishing: all {} are within {}, on a "
                    "quiet machine, and no rule is broken.",
                    counted(points.size(), "median"), percent(report.results->target_interval, 1)),
        count)};
  }
  std::string text = fmt::format("Do not publish this yet: {}.", fmt::join(found.reasons, "; "));
  if (!found.remedies.empty())
    text += fmt::format(" What would help: {}.", fmt::join(found.remedies, "; "));
  return {finding(FindingKind::publication, text, count)};
}

}  // namespace scalelaw::harness
