#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "common/quantity.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/observed.hpp"
#include "harness/render/processes.hpp"
#include "harness/render/simulation.hpp"
#include "harness/render/stages.hpp"
#include "harness/render/state_legend.hpp"
#include "harness/render/variants.hpp"

namespace scalelaw::harness {
namespace {

/// "ours: busy; theirs: unstable"; once where both are marked alike.
std::string marks_of_two(const Report& report, std::int64_t ours, std::int64_t theirs) {
  const std::string &a = report.numbers(ours).marks, &b = report.numbers(theirs).marks;
  if (a == b) return a;
  return (a.empty() ? "" : "ours: " + a) + (a.empty() || b.empty() ? "" : "; ") +
         (b.empty() ? "" : "theirs: " + b);
}

Section peers_section(const Report& report) {
  Section section{
      2,
      "Comparison with other implementations (our seconds / theirs; below 1 if ours is faster)",
      {},
      {},
      {}};
  section.table.header = {"work", "model", "NxRxT", "peer", "ours", "theirs", "ratio", "marks"};
  section.table.left = {0, 1, 2, 3, 6, 7};
  section.table.keys = 4;
  for (const PeerRatio& peer : report.peers) {
    const Point& ours = report.point(peer.ours);
    const auto seconds = [&](std::int64_t point) {
      return precise_seconds(report.summary(point).median_s);
    };
    section.table.rows.push_back(
        {scaled_label(ours), runner_label(ours), placement_label(ours.placement),
         report.point(peer.peer).implementation, seconds(peer.ours), seconds(peer.peer),
         with_interval(peer.ratio.value, peer.ratio.interval),
         marks_of_two(report, peer.ours, peer.peer)});
  }
  return section;
}

/// The reason of a point's state, without the planner's note on its size.
std::string plain_reason(const Point& point) {
  if (!point.reason.starts_with("size auto")) return point.reason;
  const auto end = point.reason.find("; ");
  return end == std::string::npos ? "" : point.reason.substr(end + 2);
}

bool has_no_time(State state) {
  return state != State::converged && !is_wide(state) && state != State::unstable &&
         state != State::ok;
}

/// A reason, shortened to fit a table.
std::string in_brief(const std::string& reason) {
  constexpr std::size_t most = 200;
  return display_width(reason) <= most ? reason : wrapped(reason, most).front() + " ...";
}

/// Points with the same problem.
struct ProblemKind {
  std::int64_t count = 0;
  std::size_t shown = 0;  ///< index of the point that represents them
  bool wide = false;      ///< whether a wide interval is all
};

std::string reason_cell(const Point& shown, const ProblemKind& kind) {
  const std::string reason = in_brief(plain_reason(shown));
  if (reason.empty()) return "-";
  return (kind.wide && kind.count > 1 ? "the widest: " : "") + reason;
}

/// Points that did not converge, grouped by state and reason.  Points whose reason is only a wide
/// interval form one group, represented by the one with the widest.
Section problems_section(const Report& report) {
  std::map<std::pair<State, std::string>, ProblemKind> kinds;
  const auto& points = report.results->points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const State state = points[i].state;
    if (state == State::converged || state == State::ok) continue;
    if (is_ceiling(points[i]) && !has_no_time(state)) continue;  // they have a table of their own
    const bool wide = is_wide(state) && report.summaries[i].interval_s.has_value();
    ProblemKind& kind = kinds[{state, wide ? "" : plain_reason(points[i])}];
    const bool wider =
        wide && report.summaries[i].half_width() > report.summaries[kind.shown].half_width();
    if (kind.count++ == 0 || wider) kind.shown = i;
    kind.wide = wide;
  }
  Section section{2, "Points that did not converge, or have no time", {}, {}, {}};
  section.table.header = {"points", "state", "such as", "reason"};
  section.table.left = {1, 2, 3};
  bool untimed = false;
  for (const auto& [key, kind] : kinds) {
    section.table.rows.push_back({fmt::format("{}", kind.count), std::string(to_string(key.first)),
                                  point_label(points[kind.shown]),
                                  reason_cell(points[kind.shown], kind)});
    untimed = untimed || is_failure(key.first) || key.first == State::pending;
  }
  if (untimed) {
    section.after.emplace_back(
        "to see the failed launches with their commands and logs: scalelaw report FILE --failures");
  }
  return section;
}

Section ceilings_section(const Report& report) {
  Section section{2, "Ceilings of this machine, measured in this campaign", {}, {}, {}};
  section.table.header = {"model",
                          "NxRxT",
                          "working set",
                          "memory read GB/s",
                          "latency of a step",
                          "through the root GB/s",
                          "marks"};
  section.table.left = {0, 1, 6};
  section.table.keys = 3;
  const auto rate = [](const auto& e) { return e ? scaled_interval(*e, 1e-9) : "-"; };
  for (const Ceiling& c : report.ceilings) {
    section.table.rows.push_back(
        {c.model.name, placement_label(c.placement),
         c.working_set_bytes ? format_bytes(*c.working_set_bytes) : "-", rate(c.read_bytes_per_s),
         c.latency_s ? seconds_interval(c.latency_s->value, c.latency_s->interval) : "-",
         rate(c.bandwidth_bytes_per_s), marks_text(c.marks)});
  }
  return section;
}

Section core_rates_section(const Report& report) {
  Section section{2, "Rates of the cores, measured in this campaign", {}, {}, {}};
  section.table.header = {"model", "NxRxT", "rate", "G/s", "marks"};
  section.table.left = {0, 1, 2, 4};
  section.table.keys = 3;
  for (const CoreRateCeiling& one : report.core_rates) {
    section.table.rows.push_back({one.model.name, placement_label(one.placement), one.rate,
                                  scaled_interval(one.per_s, 1e-9), marks_text(one.marks)});
  }
  return section;
}

Section busy_section(const Report& report) {
  Section section{2, "Blocks measured while other work used the machine", {}, {}, {}};
  section.table.header = {"block", "free cores before", "lost during", "launches"};
  for (const BusyBlock& busy : report.busy) {
    section.table.rows.push_back({fmt::format("{}", busy.block),
                                  std::isnan(busy.free_cores)  // nobody asked
                                      ? "-"
                                      : fmt::format("{:.2f}", busy.free_cores),
                                  percent(busy.lost_share, 1), fmt::format("{}", busy.launches)});
  }
  return section;
}

Section allocations_section(const Report& report) {
  Section section{2, "Allocations that launches ran in", {}, {}, {}};
  section.table.header = {"allocation", "nodes", "launches"};
  section.table.left = {0, 1};
  for (const AllocationUse& use : report.allocations) {
    section.table.rows.push_back({use.allocation, fmt::format("{}", fmt::join(use.nodes, " ")),
                                  fmt::format("{}", use.launches)});
  }
  const bool several = std::ranges::any_of(
      report.summaries, [](const Summary& summary) { return summary.allocations > 1; });
  if (several) {
    section.after.emplace_back(
        "the interval of a point that was launched in several allocations counts the allocations, "
        "by the medians of the launches of each");
  }
  return section;
}

/// The machine and the software of the measurements.
Section environment_section(const Report& report) {
  Section section{2, "Environment", {}, {}, {}};
  section.table.header = {"name", "value"};
  section.table.left = {0, 1};
  for (const auto& [name, value] : report.results->environment) {
    section.table.rows.push_back({name, in_brief(value)});
  }
  return section;
}

std::string standing_cell(Standing standing) {
  return standing == Standing::broken ? "BROKEN" : std::string(to_string(standing));
}

Section rules_section(const Report& report) {
  Section section{
      2, "The twelve rules of Hoefler & Belli (SC15), applied to this results file", {}, {}, {}};
  section.table.header = {"rule", "", "requirement", "finding"};
  section.table.left = {1, 2, 3};
  for (const RuleVerdict& rule : report.rules) {
    section.table.rows.push_back(
        {fmt::format("{}", rule.number), standing_cell(rule.standing), rule.rule, rule.reason});
  }
  return section;
}

/// The laws of the report with their formulas, each once: "Amdahl: T(p) = ...".  Laws of strong and
/// weak series may have the same title.
std::vector<std::string> formulas(const Report& report) {
  std::vector<std::pair<const Law*, Scaling>> told;
  for (const ReportSeries& series : report.series) {
    for (const LawFit& fit : series.laws.fits) {
      const std::pair law(&fit.law(), series.series.first->scaling);
      if (std::ranges::count(told, law) == 0) told.push_back(law);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [law, scaling] : told) {
    const auto twins = std::ranges::count_if(
        told, [&](const auto& other) { return other.first->title == law->title; });
    lines.push_back(fmt::format("{}{}: {}", law->title,
                                twins > 1 ? fmt::format(" ({})", to_string(scaling)) : "",
                                law->formula));
  }
  return lines;
}

std::string seed_text(const Results& results) {
  return is_imported(results) ? "unknown" : fmt::format("{}", results.seed);
}

/// The meaning of the tables' headings and signs, and the formulas of their laws.
Section legend_section(const Report& report) {
  Section section{2, "Legend", {}, {}, {}};
  section.before = {
      ("NxRxT: nodes x ranks per node x threads per rank; "
       "[low, high]: a 95 % interval; -a +b %: the distances of its ends"),
      ("vs serial: speedup over the best serial time; "
       "vs own: speedup over the same model with one worker, whose row shows 1.00"),
      ("eff (serial), eff (own): that speedup divided by the number of workers; "
       "ceiling: share of the lowest limit measured at that placement: the read bandwidth over "
       "a working set of that size, or the rate of the cores that is named"),
      "a priori: predicted from one worker's phases alone; +messages: with the measured time of "
      "collectives",
      "! : the measurement lies outside the prediction's 95 % band",
      "= : as many parameters as worker counts, so the law always meets the measurement: not a "
      "test"};
  std::vector<ReportRow> rows;
  for (const ReportSeries& series : report.series) {
    rows.insert(rows.end(), series.rows.begin(), series.rows.end());
  }
  if (std::string line = StateLegend(report).line_for(rows); !line.empty()) {
    section.before.push_back(std::move(line));
  }
  for (std::string& line : formulas(report)) section.before.push_back(std::move(line));
  section.before.emplace_back(
      "combined: the mean of several continuations, weighted by how each predicted the last point");
  return section;
}

/// The signs of the short tables, and where to find the rest.
Section brief_legend(const Report& report) {
  Section section{2, "", {}, {}, {}};
  section.before = {
      "NxRxT: nodes x ranks per node x threads per rank; ±: half of the 95 % interval of the "
      "median; speedup: over the best serial time (own: over the same model with one worker) with "
      "its 95 % interval; eff: speedup / workers"};
  const bool against_ceilings =
      std::any_of(report.scaling.begin(), report.scaling.end(), [](const ScalingRow& row) {
        return !std::isnan(row.ceiling_share) || !std::isnan(row.limit_share);
      });
  if (against_ceilings) {
    section.before.emplace_back(
        "ceiling: share of the lowest limit measured at that placement: memory's bandwidth at "
        "that size, or the rate that is named");
  }
  section.before.emplace_back(
      "more: scalelaw report FILE --full (rates, laws, where efficiency was lost, ceilings, peers, "
      "failures, the twelve rules, environment)");
  return section;
}

/// The name of the campaign, and its findings.
Section head_section(const Report& report) {
  const Results& results = *report.results;
  Section section{1,
                  fmt::format("Scaling of campaign '{}' (started {}, seed {})", results.name,
                              results.started, seed_text(results)),
                  {},
                  {},
                  {}};
  for (const Finding& finding : report.findings) section.list.push_back(finding.text);
  return section;
}

}  // namespace

std::vector<Section> report_sections(const Report& report, Detail detail) {
  const Results& results = *report.results;
  std::vector<Section> out{head_section(report)};
  if (detail == Detail::findings) return out;
  for (Section& section : scaling_sections(report, detail)) out.push_back(std::move(section));
  if (detail == Detail::tables) {
    out.push_back(brief_legend(report));
    return out;
  }
  out.push_back(legend_section(report));
  for (Section& section : std::vector{
           variants_section(results, report.summaries, report.variants),
           stages_section(results, report.summaries, report.stages),
           processes_section(results, report.summaries), observed_section(report),
           simulation_section(report), ceilings_section(report), core_rates_section(report),
           peers_section(report), problems_section(report), busy_section(report),
           allocations_section(report), rules_section(report), environment_section(report)}) {
    if (!section.table.rows.empty()) out.push_back(std::move(section));
  }
  return out;
}

Judged judged_for(Format format, Detail detail) {
  const bool everything = format == Format::json || format == Format::csv;
  return everything || detail == Detail::full ? Judged::all : Judged::for_findings;
}

std::string render(const Report& report, Format format, Detail detail) {
  switch (format) {
    case Format::json:
      return report_json(report);
    case Format::csv:
      return report_csv(report);
    case Format::markdown:
      return as_markdown(report_sections(report, detail));
    case Format::latex:
      return as_latex(report_sections(report, detail));
    case Format::table:
      break;
  }
  return as_text(report_sections(report, detail));
}

}  // namespace scalelaw::harness
