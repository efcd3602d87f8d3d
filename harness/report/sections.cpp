#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/report/formats.hpp"
#include "harness/report/numbers.hpp"

namespace scalelaw {
namespace {

const Point& point_of(const Report& report, std::int64_t index) {
  return report.results->points[static_cast<std::size_t>(index)];
}

/// A prediction, with "!" when the measurement lies outside its band.
std::string predicted(const std::optional<Prediction>& p) {
  if (!p) return "-";
  const bool missed = !std::isnan(p->low) && !std::isnan(p->measured) && !p->inside;
  return fmt::format("{:.2f}{}", p->speedup, missed ? "!" : "");
}

std::string baseline_line(const char* kind, const std::optional<Baseline>& baseline) {
  if (!baseline) return fmt::format("{:<12}none measured", kind);
  std::string line = fmt::format("{:<12}{}", kind, precise_seconds(baseline->seconds));
  if (baseline->interval_s) {
    line += fmt::format(" [{}, {}]", precise_seconds(baseline->interval_s->low),
                        precise_seconds(baseline->interval_s->high));
  }
  return line + " (" + baseline->name + ")";
}

RateUnit unit_of(const ReportSeries& series) {
  double largest = 0;
  for (const ReportRow& row : series.rows) {
    if (std::isfinite(row.rate)) largest = std::max(largest, row.rate);
  }
  return rate_unit(series.unit, largest);
}

std::string half_width(const Summary& summary) {
  return summary.interval_s ? percent(summary.half_width(), 1) : "-";
}

std::string state_of(const Point& point, const ReportRow& row) {
  std::string state(to_string(point.state));
  if (point.oversubscribed) state += ", oversubscribed";
  if (row.summary.busy) state += ", busy";
  return state;
}

TextTable measured_table(const Report& report, const ReportSeries& series) {
  const RateUnit unit = unit_of(series);
  const bool strong = series.series.first->scaling == Scaling::strong;
  const std::string law = strong ? "Amdahl" : "Gustafson";
  TextTable table;
  table.header = {"n x r x t", "median", "±95 %",    unit.name, "ceiling",  "vs serial", "eff",
                  "vs own 1",  "eff",    "a priori", "fitted",  "held out", "state"};
  table.left = {0, 12};
  for (const ReportRow& row : series.rows) {
    const Point& point = point_of(report, row.point);
    const auto speedup = [](const auto& ratio) { return ratio ? with_half_width(*ratio) : "-"; };
    const auto efficiency = [&](const auto& ratio) {
      return ratio ? percent(ratio->value / row.workers) : "-";
    };
    table.rows.push_back(
        {placement_label(point.placement), precise_seconds(row.summary.median_s),
         half_width(row.summary),
         std::isfinite(row.rate) ? fmt::format("{:.4g}", row.rate * unit.factor) : "-",
         row.ceiling_share ? percent(*row.ceiling_share) : "-", speedup(row.speedup_serial),
         efficiency(row.speedup_serial), speedup(row.speedup_own), efficiency(row.speedup_own),
         predicted(row.a_priori), predicted(row.fitted), predicted(row.held_out),
         state_of(point, row)});
  }
  return table;
}

TextTable loss_table(const Report& report, const ReportSeries& series) {
  TextTable table;
  table.header = {"lost efficiency", "loss",    "serial",     "imbalance", "wait",  "transfer",
                  "memory",          "unexpl.", "Karp-Flatt", "balance",   "comm.", "parallel"};
  table.left = {0};
  for (const ReportRow& row : series.rows) {
    if (row.workers <= 1 || !row.waterfall) continue;
    std::vector<std::string> cells{placement_label(point_of(report, row.point).placement),
                                   percent(row.waterfall->loss, 1)};
    for (const double part : parts_of(*row.waterfall)) cells.push_back(percent(part, 1));
    cells.push_back(row.karp_flatt ? fmt::format("{:.3f}", *row.karp_flatt) : "-");
    cells.push_back(row.pop ? percent(row.pop->load_balance) : "-");
    cells.push_back(row.pop ? percent(row.pop->communication) : "-");
    cells.push_back(row.pop ? percent(row.pop->parallel) : "-");
    table.rows.push_back(cells);
  }
  return table;
}

std::string fit_cells(const LawFit& fit) {
  if (!fit.identifiable()) return "not identifiable: " + fit.reason();
  std::vector<std::string> parts;
  for (const Estimate& e : fit.estimates()) {
    parts.push_back(fmt::format("{} {}", e.name, with_interval(e.value, e.interval)));
  }
  return fmt::format("{}{}", fmt::join(parts, ", "),
                     fit.lacks_fit() ? "; strays by more than noise" : "");
}

std::string held_out_cell(const SeriesLaws& laws, std::string_view law) {
  for (const Prediction& p : laws.predictions) {
    if (p.law != law || p.kind != "held_out") continue;
    return fmt::format("p={} {} {}", p.workers, signed_percent(p.error),
                       std::isnan(p.low) ? ""
                       : p.inside        ? "inside"
                                         : "outside");
  }
  return "-";
}

/// The laws of a series, the one with the smallest held-out error first.
TextTable law_table(const ReportSeries& series) {
  TextTable table;
  table.header = {"law", "R2", "held out", "parameters"};
  table.left = {0, 2, 3};
  std::vector<const LawFit*> order;
  for (const LawFit& fit : series.laws.fits) order.push_back(&fit);
  const auto& ranking = series.laws.ranking;
  std::stable_sort(order.begin(), order.end(), [&](const LawFit* a, const LawFit* b) {
    const auto rank = [&](const LawFit* f) {
      return std::find(ranking.begin(), ranking.end(), f->law().name) - ranking.begin();
    };
    return rank(a) < rank(b);
  });
  for (const LawFit* fit : order) {
    table.rows.push_back({std::string(fit->law().title),
                          fit->identifiable() ? fmt::format("{:.4f}", fit->goodness()) : "-",
                          held_out_cell(series.laws, fit->law().name), fit_cells(*fit)});
  }
  return table;
}

std::string a_priori_line(const SeriesLaws& laws) {
  if (!laws.a_priori) return "a priori    none: " + laws.a_priori_missing;
  std::string line = fmt::format("a priori    serial share {:.4f} of the time at one worker",
                                 laws.a_priori->value);
  if (laws.a_priori->value > 0)
    line += fmt::format(", so at most {:.1f} times faster", 1 / laws.a_priori->value);
  return line;
}

/// " schedule=dynamic chunk=64": what the driver was told beside the parameters.
std::string options_label(const Point& point) {
  std::string label;
  if (!point.options.is_object()) return label;
  for (const auto& [name, value] : point.options.items()) {
    label +=
        fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return label;
}

void add_series(const Report& report, const ReportSeries& series, std::vector<Section>& out) {
  const Point& first = *series.series.first;
  Section head;
  head.heading =
      fmt::format("{}, {}, {}{}{}", work_label(first), to_string(first.model),
                  to_string(first.scaling), options_label(first),
                  first.implementation == "scalelaw" ? "" : ", by " + first.implementation);
  head.before.push_back(baseline_line("best serial", series.serial));
  const bool scales = first.model != Model::serial && series.series.members.size() > 1;
  if (scales) {
    head.before.push_back(baseline_line("own 1", series.own));
    if (first.scaling == Scaling::strong) head.before.push_back(a_priori_line(series.laws));
  }
  head.table = measured_table(report, series);
  out.push_back(std::move(head));
  if (!scales) return;
  for (TextTable& table : std::vector{loss_table(report, series), law_table(series)}) {
    if (!table.rows.empty()) out.push_back({3, "", {}, std::move(table), {}});
  }
}

Section peers_section(const Report& report) {
  Section section{2,
                  "Against other implementations (our seconds / theirs; below 1 ours is faster)",
                  {},
                  {},
                  {}};
  section.table.header = {"work", "model", "n x r x t", "ours", "theirs", "peer", "ratio"};
  section.table.left = {0, 1, 2, 5, 6};
  for (const PeerRatio& peer : report.peers) {
    const Point& ours = point_of(report, peer.ours);
    const auto seconds = [&](std::int64_t point) {
      return precise_seconds(report.summaries[static_cast<std::size_t>(point)].median_s);
    };
    section.table.rows.push_back({work_label(ours), std::string(to_string(ours.model)),
                                  placement_label(ours.placement), seconds(peer.ours),
                                  seconds(peer.peer), point_of(report, peer.peer).implementation,
                                  with_interval(peer.ratio.value, peer.ratio.interval)});
  }
  return section;
}

Section problems_section(const Report& report) {
  Section section{2, "Points that did not converge", {}, {}, {}};
  section.table.header = {"work", "model", "n x r x t", "state", "reason"};
  section.table.left = {0, 1, 2, 3, 4};
  for (const Point& point : report.results->points) {
    if (point.state == State::converged) continue;
    section.table.rows.push_back({work_label(point), std::string(to_string(point.model)),
                                  placement_label(point.placement),
                                  std::string(to_string(point.state)), point.reason});
  }
  return section;
}

Section busy_section(const Report& report) {
  Section section{2, "Blocks measured while the machine was busy with something else", {}, {}, {}};
  section.table.header = {"block", "cores really free", "launches in it"};
  for (const BusyBlock& busy : report.busy) {
    section.table.rows.push_back({fmt::format("{}", busy.block),
                                  fmt::format("{:.2f}", busy.free_cores),
                                  fmt::format("{}", busy.launches)});
  }
  return section;
}

Section rules_section(const Report& report) {
  Section section{
      2, "The twelve rules of Hoefler & Belli (SC15), for this result file", {}, {}, {}};
  section.table.header = {"rule", "", "what it asks", "how it stands"};
  section.table.left = {1, 2, 3};
  for (const RuleVerdict& rule : report.rules) {
    section.table.rows.push_back(
        {fmt::format("{}", rule.number), rule.kept ? "kept" : "BROKEN", rule.rule, rule.reason});
  }
  return section;
}

}  // namespace

std::vector<Section> report_sections(const Report& report) {
  std::vector<Section> out;
  const Results& results = *report.results;
  out.push_back({1,
                 "Scaling of campaign '" + results.name + "'",
                 {fmt::format("started {}, seed {}", results.started, results.seed)},
                 {},
                 {}});
  for (const ReportSeries& series : report.series) add_series(report, series, out);
  out.push_back(
      {2,
       "",
       {"n x r x t: nodes x ranks per node x threads per rank. ± is half of a 95 % interval.",
        "! marks a prediction whose 95 % band does not hold the measurement."},
       {},
       {}});
  for (Section& section : std::vector{peers_section(report), problems_section(report),
                                      busy_section(report), rules_section(report)}) {
    if (!section.table.rows.empty()) out.push_back(std::move(section));
  }
  return out;
}

std::string render(const Report& report, Format format) {
  switch (format) {
    case Format::json:
      return report_json(report);
    case Format::csv:
      return report_csv(report);
    case Format::markdown:
      return as_markdown(report_sections(report));
    case Format::table:
      break;
  }
  return as_text(report_sections(report));
}

}  // namespace scalelaw
