#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "harness/analysis/convergence.hpp"
#include "harness/analysis/findings/kinds.hpp"
#include "harness/analysis/findings/repetition.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/results/preview_mark.hpp"

namespace scalelaw::harness {
namespace {

/// Something that keeps the results from being published, and what would help.
struct Obstacles {
  std::vector<std::string> reasons, remedies;
};

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

/// "the widest interval: dot_product mpi 1x2x1, ±54 %".
std::string widest_of(const Report& report, const std::vector<std::int64_t>& wide) {
  const std::int64_t widest =
      *std::max_element(wide.begin(), wide.end(), [&](std::int64_t a, std::int64_t b) {
        return report.summary(a).half_width() < report.summary(b).half_width();
      });
  const double most = report.summary(widest).half_width();
  const Point& point = report.point(widest);
  return fmt::format("the widest interval: {} {}, {}", work_name(case_groups(report), point),
                     way_label(point),
                     std::isfinite(most) ? "±" + percent(most) : "none, of too few launches");
}

/// Nobody let imported times converge: they have an interval or none.
void add_wide_imports(const Report& report, const Convergence& seen, Obstacles& out) {
  std::vector<std::int64_t> wide = seen.wide;
  const std::size_t none = std::erase_if(
      wide, [&](std::int64_t point) { return !report.summary(point).interval_s.has_value(); });
  const std::string all = counted(seen.timed.size(), "median");
  const auto have = [](std::size_t count) { return count == 1 ? "has" : "have"; };
  if (none > 0) {
    out.reasons.push_back(fmt::format("{} of {} {} no interval", none, all, have(none)));
  }
  if (wide.empty()) return;
  out.reasons.push_back(fmt::format("{} of {} {} an interval wider than {} ({})", wide.size(), all,
                                    have(wide.size()), percent(report.results->target_interval, 1),
                                    widest_of(report, wide)));
}

void add_unconverged(const Report& report, const Convergence& seen, Obstacles& out) {
  if (seen.missed() == 0) return;
  if (is_imported(*report.results) && seen.unstable.empty()) {
    add_wide_imports(report, seen, out);
    return;
  }
  std::vector<std::string> details;
  if (!seen.unstable.empty()) {
    details.push_back(fmt::format("{} with two centres", seen.unstable.size()));
    out.remedies.emplace_back("a fixed clock frequency, and a search for what alternates");
  }
  if (!seen.wide.empty()) details.push_back(widest_of(report, seen.wide));
  out.reasons.push_back(fmt::format("{} of {} did not converge to an interval within {} ({})",
                                    seen.missed(), counted(seen.timed.size(), "median"),
                                    percent(report.results->target_interval, 1),
                                    fmt::join(details, "; ")));
}

void add_busy_points(const Report& report, const Convergence& seen, Obstacles& out) {
  const auto busy = std::count_if(seen.timed.begin(), seen.timed.end(),
                                  [&](std::int64_t point) { return report.summary(point).busy; });
  if (busy == 0) return;
  out.reasons.push_back(
      fmt::format("{} on a busy machine", counted(static_cast<std::size_t>(busy), "point")));
  out.remedies.emplace_back("a quiet machine");
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
      return "drivers that state the amount of work (a command: by work and unit in its "
             "[[driver]])";
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

/// Whether a rule is about what a file of another program can hold.  Such files never say on what
/// machine and by which clock times were taken; nor do they have ceilings.
bool may_be_kept_by_imports(int rule) {
  return rule == 1 || rule == 4;
}

/// The rules that no other reason explains, in one reason.
void add_rules(const Report& report, Obstacles& out) {
  const bool imported = is_imported(*report.results);
  std::vector<std::string> broken;
  for (const RuleVerdict& rule : report.rules) {
    const std::string remedy = remedy_of(rule.number);
    if (rule.standing != Standing::broken || remedy.empty()) continue;
    if (imported && !may_be_kept_by_imports(rule.number)) continue;
    broken.push_back(fmt::format("{} ({})", rule.number, rule.rule));
    out.remedies.push_back(remedy);
  }
  if (broken.empty()) return;
  out.reasons.push_back(
      fmt::format("{} {} of Hoefler & Belli's twelve for such reports {} not kept",
                  broken.size() == 1 ? "rule" : "rules", fmt::join(broken, ", "),
                  broken.size() == 1 ? "is" : "are"));
}

void add_unknown_setup(const Report& report, Obstacles& out) {
  if (!is_imported(*report.results)) return;
  out.reasons.emplace_back("an imported file does not say how its times were measured");
  out.remedies.emplace_back(
      "the machine, the compiler, the binding and the clock, stated beside the numbers");
}

Obstacles obstacles_of(const Report& report, const Convergence& seen) {
  Obstacles out;
  add_missing(report, out);
  add_busy_points(report, seen, out);
  add_unconverged(report, seen, out);
  add_short_series(report, out);
  add_rules(report, out);
  if (const auto more = more_repetition(report, seen.wide)) out.remedies.push_back(*more);
  add_unknown_setup(report, out);
  return out;
}

/// That times are invented, whatever they look like; nothing where they are not.
std::vector<Draft> not_of_a_machine(const Report& report, const std::vector<std::int64_t>& points) {
  for (const auto& [clock, words] :
       {std::pair(TimeSource::pretended, "Not publishable: {} of a pretended machine."),
        std::pair(TimeSource::simulated,
                  "Not publishable as measurements: {} of a simulated machine.")}) {
    const auto count = std::count_if(points.begin(), points.end(), [&](std::int64_t point) {
      return report.point(point).clock == clock;
    });
    if (count == 0) continue;
    const std::string what = count == std::ssize(points)
                                 ? std::string("times")
                                 : fmt::format("{} of {} times are", count, points.size());
    return {finding(FindingKind::publication, fmt::format(fmt::runtime(words), what),
                    {.value = static_cast<double>(count)})};
  }
  return {};
}

/// Nobody would publish a first look: what it is worth, and nothing of what it lacks.
std::vector<Draft> of_a_preview(const Report& report, const Convergence& seen) {
  if (seen.timed.empty()) return {};
  std::size_t within = 0;
  for (const std::int64_t point : seen.timed) {
    within += report.summary(point).half_width() <= report.results->target_interval ? 1 : 0;
  }
  return {
      finding(FindingKind::publication,
              fmt::format("This is a preview: {} of {} {} within {} already. The campaign "
                          "measures more placements, more often.",
                          within, counted(seen.timed.size(), "median"), within == 1 ? "is" : "are",
                          percent(report.results->target_interval, 1)),
              {.value = static_cast<double>(within)})};
}

/// Without what another one says as well: "a quiet machine" beside "a quiet machine, and its clock".
std::vector<std::string> without_repetition(const std::vector<std::string>& all) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool said = false;
    for (std::size_t j = 0; j < all.size() && !said; ++j) {
      said = j != i && all[j].starts_with(all[i]) && (all[j] != all[i] || j < i);
    }
    if (!said) out.push_back(all[i]);
  }
  return out;
}

}  // namespace

std::vector<Draft> publication(const Report& report) {
  const Convergence seen = convergence_of(report);
  if (auto invented = not_of_a_machine(report, seen.timed); !invented.empty()) return invented;
  if (is_preview(*report.results)) return of_a_preview(report, seen);
  const Obstacles found = obstacles_of(report, seen);
  const Bracketed count{.value = static_cast<double>(found.reasons.size())};
  if (found.reasons.empty() && seen.timed.empty()) return {};
  if (found.reasons.empty()) {
    return {finding(FindingKind::publication,
                    fmt::format("Nothing speaks against publishing: all {} are within {}, on a "
                                "quiet machine, and no rule is broken.",
                                counted(seen.timed.size(), "median"),
                                percent(report.results->target_interval, 1)),
                    count)};
  }
  std::string text = fmt::format("Do not publish this yet: {}.", fmt::join(found.reasons, "; "));
  const std::vector<std::string> remedies = without_repetition(found.remedies);
  if (!remedies.empty()) text += fmt::format(" What would help: {}.", fmt::join(remedies, "; "));
  return {finding(FindingKind::publication, text, count)};
}

}  // namespace scalelaw::harness
