#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

constexpr double patience_s = 6 * 3600;     // repeating for longer is not suggested
constexpr double patience_launches = 1000;  // likewise, where nobody knows how long a launch takes

/// Something that keeps the results from being published, and what would help.
struct Obstacles {
  std::vector<std::string> reasons, remedies;
  /// Of repetition that would narrow the wide intervals; 0: none, NaN: nobody knows for how long.
  double further_s = 0;
  double further_launches = 0;
};

std::vector<std::int64_t> timed_points(const Report& report) {
  std::vector<std::int64_t> out;
  for (const ReportSeries& series : report.series) {
    for (const ReportRow& row : series.rows) {
      if (report.of(row).timed) out.push_back(row.point);
    }
  }
  return out;
}

/// The seconds of a launch of each point: the mean over those that count.
std::vector<double> launch_seconds(const Results& results) {
  std::vector<double> sum(results.points.size()), count(results.points.size());
  for (const Launch& launch : results.launches) {
    if (!gives_times(launch)) continue;
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

/// Points without a final time.
void add_missing(const Report& report, Obstacles& out) {
  std::size_t failed = 0, pending = 0;
  for (const Point& point : report.results->points) {
    failed += is_failure(point.state) ? 1 : 0;
    pending += point.state == State::pending ? 1 : 0;
  }
  const std::string all = counted(report.results->points.size(), "point");
  if (failed > 0) {
    out.reasons.push_back(fmt::format("{} of {} failed", failed, all));
    out.remedies.emplace_back("the causes in `report --failures` fixed");
  }
  if (pending > 0) {
    out.reasons.push_back(fmt::format("{} of {} not measured to the end", pending, all));
    out.remedies.emplace_back("`run --resume --retry pending`");
  }
}

/// The points whose interval is wider than the target, or that have none.
std::vector<std::int64_t> wide_points(const Report& report) {
  std::vector<std::int64_t> out = timed_points(report);
  std::erase_if(out, [&](std::int64_t point) {
    return report.point(point).state == State::unstable ||
           report.summary(point).half_width() <= report.results->target_interval;
  });
  return out;
}

/// Where few points converge, those that do are the lucky ones: their intervals hold less often than
/// they say (docs/methodology.md, section 1).
bool few_converged(const Report& report) {
  const std::vector<std::int64_t> points = timed_points(report);
  const auto converged = std::count_if(points.begin(), points.end(), [&](std::int64_t point) {
    return report.point(point).state == State::converged;
  });
  return converged > 0 && 4 * converged < 3 * std::ssize(points);
}

void add_wide_intervals(const Report& report, Obstacles& out) {
  const double target = report.results->target_interval;
  const std::vector<std::int64_t> wide = wide_points(report);
  if (wide.empty()) return;
  const std::vector<double> seconds = launch_seconds(*report.results);
  for (const std::int64_t point : wide) {
    const double missing = missing_launches(report.summary(point), target);
    out.further_launches += missing;
    out.further_s += missing * seconds[static_cast<std::size_t>(point)];
  }
  const std::int64_t widest =
      *std::max_element(wide.begin(), wide.end(), [&](std::int64_t a, std::int64_t b) {
        return report.summary(a).half_width() < report.summary(b).half_width();
      });
  const double most = report.summary(widest).half_width();
  const Point& point = report.point(widest);
  out.reasons.push_back(fmt::format(
      "{} of {} {} no interval within the target of {} (the widest: {} {}, {}){}", wide.size(),
      counted(timed_points(report).size(), "median"), wide.size() == 1 ? "has" : "have",
      percent(target, 1), work_name(case_groups(report), point), way_label(point),
      std::isfinite(most) ? "±" + percent(most) : "too few launches",
      few_converged(report)
          ? ", and where so few converge, the intervals of those may be too narrow"
          : ""));
}

void add_marked_points(const Report& report, Obstacles& out) {
  std::size_t busy = 0, unstable = 0;
  for (const std::int64_t point : timed_points(report)) {
    busy += report.summary(point).busy ? 1 : 0;
    unstable += report.point(point).state == State::unstable ? 1 : 0;
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
    std::set<double> counts;
    for (const Series::Member& member : series.series.members) {
      if (member.fitted) counts.insert(member.load.workers);
    }
    parallel = parallel || counts.size() > 1;
    most = std::max(most, counts.size());
  }
  if (!parallel || most > 3) return;
  out.reasons.push_back(
      fmt::format("no series has more than {} worker counts to test a law with", most));
  out.remedies.emplace_back("at least 4 worker counts");
}

/// What would keep a rule that is broken.  Nothing for the rules that are broken by points which
/// other reasons name: those without a time, without an interval, busy, or with two centres.
std::string remedy_of(int rule) {
  switch (rule) {
    case 1:
      return "times of the serial driver or of one worker";
    case 3:
      return "drivers whose work model states the amount of work";
    case 4:
      return "tables derived by this version of scalelaw";
    case 6:
      return "more launches of each point";
    case 9:
      return "a quiet machine, and a description of it";
    case 10:
      return "measured launches of drivers that name their timer";
    case 11:
      return "ceilings measured at the same placements and sizes";
    case 12:
      return "a file with every sample";
    default:
      return "";
  }
}

void add_rules(const Report& report, Obstacles& out) {
  for (const RuleVerdict& rule : report.rules) {
    const std::string remedy = remedy_of(rule.number);
    if (rule.standing != Standing::broken || remedy.empty()) continue;
    out.reasons.push_back(
        fmt::format("rule {} of Hoefler & Belli ({}) is broken", rule.number, rule.rule));
    out.remedies.push_back(remedy);
  }
}

std::string duration(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", std::max(1.0, seconds));
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.0f} h", seconds / 3600);
}

Obstacles obstacles_of(const Report& report) {
  Obstacles out;
  add_missing(report, out);
  add_marked_points(report, out);
  add_wide_intervals(report, out);
  add_short_series(report, out);
  add_rules(report, out);
  if (std::isnan(out.further_s)) {
    const std::string more = fmt::format("{:.0f} more repetition{}", out.further_launches,
                                         out.further_launches == 1 ? "" : "s");
    out.remedies.push_back(out.further_launches > patience_launches
                               ? "a larger size or a wider target: by repetition alone, " + more
                               : more);
  } else if (out.further_s > patience_s) {
    out.remedies.emplace_back("a larger size or a wider target: repetition alone would take " +
                              duration(out.further_s));
  } else if (out.further_s > 0) {
    out.remedies.push_back(fmt::format("about {} more of measuring", duration(out.further_s)));
  }
  return out;
}

}  // namespace

std::vector<Finding> publication(const Report& report) {
  const std::vector<std::int64_t> points = timed_points(report);
  const Obstacles found = obstacles_of(report);
  const Bracketed count{.value = static_cast<double>(found.reasons.size())};
  if (found.reasons.empty() && points.empty()) return {};
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
