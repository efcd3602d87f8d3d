#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"

namespace scalelaw::harness {
namespace {

/// A point with more workers than cores, and the fastest of its series with a core for each.
struct Beyond {
  const ReportSeries* series = nullptr;
  std::int64_t more = -1, fits = -1;  ///< indices into Results::points
  Bracketed gain;                     ///< seconds of the latter / of the former
  double cores = 1;                   ///< of a node over the workers that the latter has there

  /// The gain beyond what the cores that the latter leaves unused would give.
  [[nodiscard]] double beyond() const { return gain.value / cores; }
  [[nodiscard]] bool helps() const { return gain.low > cores; }
  [[nodiscard]] bool hurts() const { return gain.high < 1; }
};

/// The cores of a node of the machine that was measured, or pretended; 0: unknown.
double cores_of_node(const Results& results) {
  for (const char* key : {"pretended.cores", "topology.threads"}) {
    const auto found = results.environment.find(key);
    if (found != results.environment.end()) return std::strtod(found->second.c_str(), nullptr);
  }
  return 0;
}

std::vector<Beyond> beyond_cores(const Report& report) {
  std::vector<Beyond> out;
  const double cores = cores_of_node(*report.results);
  for (const ReportSeries& series : report.series) {
    std::int64_t fits = -1;
    for (const ReportRow& row : series.rows) {
      if (!report.of(row).timed || report.point(row.point).oversubscribed) continue;
      if (fits < 0 || report.summary(row.point).median_s < report.summary(fits).median_s) {
        fits = row.point;
      }
    }
    if (fits < 0 || report.point(fits).scaling == Scaling::weak) continue;
    const Placement& at = report.point(fits).placement;
    const double unused = cores / static_cast<double>(at.ranks_per_node * at.threads);
    for (const ReportRow& row : series.rows) {
      if (!report.of(row).timed || !report.point(row.point).oversubscribed) continue;
      out.push_back({&series, row.point, fits,
                     bracketed(measured_ratio(report.summary(fits), report.summary(row.point))),
                     std::max(1.0, unused)});
    }
  }
  return out;
}

std::string words_of_beyond(const Report& report, const Beyond& one) {
  const Point &more = report.point(one.more), &fits = report.point(one.fits);
  return fmt::format("More workers than cores {} {}: {} is {} times as fast as {}{}.",
                     one.helps()   ? "help"
                     : one.hurts() ? "hurt"
                                   : "gain nothing in",
                     work_name(case_groups(report), fits), way_label(more), shown(one.gain),
                     placement_label(fits.placement),
                     one.helps() ? ", so its workers wait rather than compute" : "");
}

}  // namespace

std::vector<Draft> oversubscribed(const Report& report) {
  std::optional<Beyond> best, worst;
  for (const Beyond& one : beyond_cores(report)) {
    if (!best || one.beyond() > best->beyond()) best = one;
    if (!worst || one.beyond() < worst->beyond()) worst = one;
  }
  std::vector<Draft> out;
  for (const auto& one : {worst, best}) {
    const bool again = !out.empty() && one->more == worst->more;
    if (!one || again || (!out.empty() && !one->helps())) continue;
    Draft draft = finding(FindingKind::oversubscribed, words_of_beyond(report, *one), one->gain, {},
                          {{fmt::format("point {}", one->more), report.numbers(one->more).marks},
                           {fmt::format("point {}", one->fits), report.numbers(one->fits).marks}});
    draft.finding.point = one->more;
    draft.finding.series = one->series->series.id;
    out.push_back(std::move(draft));
  }
  return out;
}

}  // namespace scalelaw::harness
