#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/analysis/forecast.hpp"
#include "harness/analysis/limits.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/state_legend.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {
namespace {

/// The series of one kernel at one size with one kind of scaling, to be read side by side.
struct Study {
  std::vector<const ReportSeries*> series;

  [[nodiscard]] const Point& first() const { return *series.front()->series.first; }
};

std::string heading_of(const Study& study) {
  return fmt::format("{}, {} scaling", study_label(study.first()),
                     to_string(study.first().scaling));
}

std::vector<Study> studies_of(const Report& report) {
  std::vector<Study> out;
  std::map<std::string, std::size_t> known;
  for (const ReportSeries& series : report.series) {
    const Study alone{{&series}};
    const auto [entry, is_new] = known.try_emplace(heading_of(alone), out.size());
    if (is_new) {
      out.push_back(alone);
    } else {
      out[entry->second].series.push_back(&series);
    }
  }
  return out;
}

/// What distinguishes a series from the others of its study.
std::string series_label(const ReportSeries& series) {
  return runner_label(*series.series.first);
}

/// What the states and marks of a study's table say, as far as no table above has explained them.
std::string states_of(const Study& study, StateLegend& states) {
  std::vector<ReportRow> rows;
  for (const ReportSeries* series : study.series) {
    rows.insert(rows.end(), series->rows.begin(), series->rows.end());
  }
  return states.line_for(rows);
}

/// A prediction, with "!" when the measurement is outside its band.
std::string predicted(const std::optional<Prediction>& p) {
  if (!p) return "-";
  const bool missed = !std::isnan(p->low) && !std::isnan(p->measured) && !p->inside;
  return fmt::format("{:.2f}{}", p->speedup, missed ? "!" : "");
}

/// The same, with "=" when the law was bound to meet the measurement.
std::string fitted_cell(const ReportRow& row) {
  return predicted(row.fitted) + (row.fitted_exactly ? "=" : "");
}

/// A series with a serial baseline, which all of the study share; none without.
const ReportSeries* with_serial(const Study& study) {
  const auto timed = std::find_if(study.series.begin(), study.series.end(),
                                  [](const auto* series) { return series->serial.has_value(); });
  return timed == study.series.end() ? nullptr : *timed;
}

/// The baseline of the column `column`.
std::string serial_line(const Study& study, const char* column) {
  const ReportSeries* timed = with_serial(study);
  if (timed == nullptr) return "no serial time was measured: speedups are over the own one worker";
  const Baseline& serial = *timed->serial;
  return fmt::format("baseline of '{}': {} (the best of {}{})", column,
                     seconds_interval(serial.seconds.value, interval_of(serial.seconds)),
                     serial.name, serial.marks.empty() ? "" : "; " + serial.marks);
}

/// The baseline of the column `column` where a series has no time at one worker.
std::vector<std::string> fitted_baselines(const Study& study, const char* column) {
  std::vector<std::string> lines;
  for (const ReportSeries* series : study.series) {
    if (!series->own || series->own->point >= 0) continue;
    lines.push_back(
        fmt::format("baseline of '{}': {} ({}, which was not measured)", column,
                    seconds_interval(series->own->seconds.value, interval_of(series->own->seconds)),
                    series->own->name));
  }
  return lines;
}

/// "size auto: ...", which the planner puts into the reasons of all points of a study.
std::optional<std::string> size_note(const Study& study) {
  const std::string& reason = study.first().reason;
  if (!reason.starts_with("size auto")) return std::nullopt;
  return reason.substr(0, reason.find("; "));
}

RateUnit unit_of(const Report& report, const Study& study) {
  double largest = 0;
  for (const ReportSeries* series : study.series) {
    for (const ReportRow& row : series->rows) {
      const double rate = report.of(row).rate_per_s.value;
      if (std::isfinite(rate)) largest = std::max(largest, rate);
    }
  }
  return rate_unit(study.series.front()->unit, largest);
}

bool is_limited_by_cores(const ScalingRow& row) {
  return !row.limit.empty() && row.limit != ceiling_read;
}

/// Why the share that ceiling_cell() shows is implausible; empty: it is not.
std::string shown_doubt(const ScalingRow& row) {
  return is_limited_by_cores(row) ? limit_doubt(row) : row.ceiling_doubt;
}

/// A share of the lowest limit, with the name of a rate of the cores if that is it, and with "!"
/// when it is implausibly large.
std::string ceiling_cell(const ScalingRow& row) {
  if (is_limited_by_cores(row)) {
    return percent(row.limit_share) + (shown_doubt(row).empty() ? " " : "! ") + row.limit;
  }
  return percent(row.ceiling_share) + (row.ceiling_doubt.empty() ? "" : "!");
}

/// Why shares of the ceiling are implausible: each reason once, after the points to which it
/// applies.
std::vector<std::string> ceiling_doubts(const Report& report, const Study& study) {
  std::vector<std::pair<std::string, std::string>> reasons;  // reason, points
  for (const ReportSeries* series : study.series) {
    for (const ReportRow& row : series->rows) {
      const std::string doubt = shown_doubt(report.of(row));
      if (doubt.empty()) continue;
      const std::string name = way_label(report.point(row.point));
      const auto known = std::find_if(reasons.begin(), reasons.end(),
                                      [&](const auto& entry) { return entry.first == doubt; });
      if (known == reasons.end()) {
        reasons.emplace_back(doubt, name);
      } else {
        known->second += ", " + name;
      }
    }
  }
  std::vector<std::string> lines;
  for (const auto& [reason, points] : reasons) {
    lines.push_back(fmt::format("! ceiling of {}: {}", points, reason));
  }
  return lines;
}

/// The median; "-" where it may not be compared.
std::string time_cell(const ScalingRow& row) {
  return row.timed ? precise_seconds(row.time_s.value) : "-";
}

constexpr const char* over_own = "speedup (own)";

TextTable measured_table(const Report& report, const Study& study) {
  const RateUnit unit = unit_of(report, study);
  TextTable table;
  table.header = {"model",     "NxRxT",    "state",     "median",       "95 %",
                  unit.name,   "ceiling",  "vs serial", "eff (serial)", "vs own",
                  "eff (own)", "a priori", "+messages", "fitted"};
  table.left = {0, 1, 2};
  table.keys = 2;
  const auto speedup = [](const Bracketed& quantity) {
    return speedup_interval(quantity.value, interval_of(quantity));
  };
  for (const ReportSeries* series : study.series) {
    for (const ReportRow& row : series->rows) {
      const Point& point = report.point(row.point);
      const ScalingRow& numbers = report.of(row);
      const double rate = numbers.rate_per_s.value;
      table.rows.push_back(
          {series_label(*series), placement_label(point.placement),
           state_text(numbers.state, numbers.marks), time_cell(numbers),
           numbers.timed ? relative_interval(numbers.time_s.value, interval_of(numbers.time_s))
                         : "-",
           std::isfinite(rate) ? fmt::format("{:.4g}", rate * unit.factor) : "-",
           ceiling_cell(numbers), speedup(numbers.serial_speedup),
           percent(numbers.serial_efficiency.value), speedup(numbers.own_speedup),
           percent(numbers.own_efficiency.value), predicted(row.a_priori),
           predicted(row.a_priori_messages), fitted_cell(row)});
    }
  }
  return table;
}

/// The main table.  It fits the width of a page.
TextTable brief_table(const Report& report, const Study& study) {
  TextTable table;
  table.header = {"model", "NxRxT", "state", "median", "±", "ceiling", "speedup", "eff"};
  table.left = {0, 1, 2};
  table.keys = 2;
  const bool over_serial = with_serial(study) != nullptr;
  if (!over_serial) table.header[6] = over_own;
  for (const ReportSeries* series : study.series) {
    for (const ReportRow& row : series->rows) {
      const ScalingRow& numbers = report.of(row);
      const Bracketed& speedup = over_serial ? numbers.serial_speedup : numbers.own_speedup;
      const Bracketed& efficiency =
          over_serial ? numbers.serial_efficiency : numbers.own_efficiency;
      const Bracketed& time_s = numbers.time_s;
      table.rows.push_back(
          {series_label(*series), placement_label(report.point(row.point).placement),
           state_text(numbers.state, numbers.marks), time_cell(numbers),
           numbers.timed ? percent((time_s.high - time_s.low) / 2 / time_s.value, 1) : "-",
           ceiling_cell(numbers), speedup_interval(speedup.value, interval_of(speedup)),
           percent(efficiency.value)});
    }
  }
  return table;
}

TextTable loss_table(const Report& report, const Study& study) {
  TextTable table;
  table.header = {"model",      "NxRxT",   "marks",    "loss",    "serial",
                  "imbalance",  "wait",    "transfer", "memory",  "unexpl.",
                  "Karp-Flatt", "balance", "comm.",    "parallel"};
  table.left = {0, 1, 2};
  table.keys = 2;
  for (const ReportSeries* series : study.series) {
    for (const ReportRow& row : series->rows) {
      const ScalingRow& numbers = report.of(row);
      if (numbers.workers <= 1 || !row.waterfall) continue;
      std::vector<std::string> cells{series_label(*series),
                                     placement_label(report.point(row.point).placement),
                                     numbers.marks, percent(row.waterfall->loss, 1)};
      for (const double part : parts_of(*row.waterfall)) cells.push_back(percent(part, 1));
      cells.push_back(std::isnan(numbers.karp_flatt) ? "-"
                                                     : fmt::format("{:.3f}", numbers.karp_flatt));
      cells.push_back(row.pop ? percent(row.pop->load_balance) : "-");
      cells.push_back(row.pop ? percent(row.pop->communication) : "-");
      cells.push_back(row.pop ? percent(row.pop->parallel) : "-");
      table.rows.push_back(cells);
    }
  }
  return table;
}

/// A parameter by its symbol in the law's formula: "s 0.1 [0.09, 0.11]".
std::string parameter_cell(const Estimate& e) {
  const std::string_view symbol = e.symbol.empty() ? e.name : e.symbol;
  if (e.name.ends_with("bytes_per_s")) {
    return fmt::format("{} {} GB/s", symbol, scaled_interval(e, 1e-9));
  }
  return fmt::format("{} {}", symbol,
                     e.name.ends_with("_s") ? seconds_interval(e.value, e.interval)
                                            : with_interval(e.value, e.interval));
}

std::string fit_cells(const LawFit& fit) {
  if (!fit.identifiable()) return "not identifiable: " + fit.reason();
  std::vector<std::string> parts;
  for (const Estimate& e : fit.estimates()) parts.push_back(parameter_cell(e));
  return fmt::format("{}{}{}", fmt::join(parts, ", "),
                     fit.lacks_fit() ? "; misses by more than noise" : "",
                     fit.testable()            ? ""
                     : fit.meets_every_point() ? "; untested (=)"
                                               : "; untested");
}

std::string held_out_cell(const SeriesLaws& laws, std::string_view law) {
  for (const Prediction& p : laws.predictions) {
    if (p.law != law || p.kind != PredictionKind::held_out) continue;
    return fmt::format("p={} {} {}", p.workers, signed_percent(p.error),
                       std::isnan(p.low) ? ""
                       : p.inside        ? "inside"
                                         : "outside");
  }
  return "-";
}

/// The fits of a series, the one with the smallest held-out error first.
std::vector<const LawFit*> ranked_fits(const SeriesLaws& laws) {
  std::vector<const LawFit*> order;
  for (const LawFit& fit : laws.fits) order.push_back(&fit);
  const auto rank = [&](const LawFit* fit) {
    return std::find(laws.ranking.begin(), laws.ranking.end(), fit->law().name) -
           laws.ranking.begin();
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const LawFit* a, const LawFit* b) { return rank(a) < rank(b); });
  return order;
}

/// "most weight: USL (31 %), of 10 continuations".
std::string weights_cell(const Combined& combined) {
  const std::vector<Combined::Share>& shares = combined.shares();
  const auto used =
      std::ranges::count_if(shares, [](const auto& share) { return share.weight > 0; });
  const auto most = std::ranges::max_element(shares, {}, &Combined::Share::weight);
  return fmt::format("most weight: {} ({}), of {}", most->continuation->title,
                     percent(most->weight),
                     counted(static_cast<std::size_t>(used), "continuation"));
}

std::string a_priori_cell(const SeriesLaws& laws) {
  if (!laws.a_priori) return "none: " + laws.a_priori_missing;
  std::string text = fmt::format("serial share {} at one worker",
                                 with_interval(laws.a_priori->value, laws.a_priori->interval()));
  if (laws.a_priori->value > 0)
    text += fmt::format(": at most {} times faster", three_digits(1 / laws.a_priori->value));
  return text;
}

/// "based on marked points: openmp 1x1x2 not_converged, busy": the marked points of a study that
/// laws were fitted to.
std::vector<std::string> based_on(const Report& report, const Study& study) {
  std::string text;
  for (const ReportSeries* series : study.series) {
    if (series->laws.fits.empty()) continue;
    const std::string marked = marked_points(*report.results, report.summaries, series->series);
    if (!marked.empty()) text += (text.empty() ? "" : "; ") + marked;
  }
  if (text.empty()) return {};
  return {"based on marked points: " + text};
}

/// Adds a row, or adds the series' name to an equal row of other series.
void add_or_share(TextTable& table, const std::vector<std::string>& row) {
  for (auto& known : table.rows) {
    if (!std::equal(row.begin() + 1, row.end(), known.begin() + 1)) continue;
    known[0] += ", " + row[0];
    return;
  }
  table.rows.push_back(row);
}

TextTable law_table(const Study& study) {
  TextTable table;
  table.header = {"model", "law", "R2", "held out", "parameters"};
  table.left = {0, 1, 3, 4};
  table.keys = 2;
  for (const ReportSeries* series : study.series) {
    if (series->series.members.size() < 2) continue;
    const std::string label = series_label(*series);
    if (study.first().scaling == Scaling::strong || !series->laws.a_priori) {
      add_or_share(table, {label, "a priori", "-", "-", a_priori_cell(series->laws)});
    }
    for (const LawFit* fit : ranked_fits(series->laws)) {
      add_or_share(table, {label, std::string(fit->law().title),
                           fit->testable() ? fmt::format("{:.4f}", fit->goodness()) : "-",
                           held_out_cell(series->laws, fit->law().name), fit_cells(*fit)});
    }
    if (series->laws.combined && series->laws.combined->possible()) {
      add_or_share(table, {label, std::string(combined_name), "-",
                           held_out_cell(series->laws, combined_name),
                           weights_cell(*series->laws.combined)});
    }
  }
  return table;
}

}  // namespace

std::vector<Section> scaling_sections(const Report& report, Detail detail) {
  std::vector<Section> out;
  StateLegend states(report);
  for (const Study& study : studies_of(report)) {
    Section head{2, heading_of(study), {}, {}, ceiling_doubts(report, study)};
    head.table =
        detail == Detail::full ? measured_table(report, study) : brief_table(report, study);
    if (const auto note = size_note(study)) head.before.push_back(*note);
    const bool full = detail == Detail::full;
    head.before.push_back(serial_line(study, full ? "vs serial" : "speedup"));
    if (full || with_serial(study) == nullptr) {
      for (std::string& line : fitted_baselines(study, full ? "vs own" : over_own)) {
        head.before.push_back(std::move(line));
      }
    }
    if (!full) {
      if (std::string line = states_of(study, states); !line.empty()) {
        head.after.push_back(std::move(line));
      }
    }
    out.push_back(std::move(head));
    if (!full) continue;
    const auto add = [&](const char* heading, TextTable table, std::vector<std::string> after) {
      if (!table.rows.empty()) out.push_back({3, heading, {}, std::move(table), std::move(after)});
    };
    add("where efficiency was lost", loss_table(report, study), {});
    add("laws", law_table(study), based_on(report, study));
  }
  return out;
}

}  // namespace scalelaw::harness
