#include "harness/analysis/simulation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/analysis/numbers.hpp"
#include "harness/laws/reach.hpp"

namespace scalelaw::harness {
namespace {

bool is_simulated(const ReportSeries& series) {
  return series.series.first->clock == TimeSource::simulated;
}

/// What a simulated point is called behind its measured one (harness/commands/simulation.cpp).
constexpr std::string_view apart = " simulated";

std::string measured_id(const Point& simulated) {
  std::string id = simulated.id;
  if (id.ends_with(apart)) id.resize(id.size() - apart.size());
  return id;
}

/// The measured points, by identity.
std::map<std::string, const ReportRow*> measured_rows(const Report& report,
                                                      const ReportSeries& series) {
  std::map<std::string, const ReportRow*> out;
  for (const ReportRow& row : series.rows) out[report.point(row.point).id] = &row;
  return out;
}

/// The series of what was measured that has one of the simulated points.
const ReportSeries* counterpart(const Report& report, const ReportSeries& simulated) {
  std::set<std::string> ids;
  for (const ReportRow& row : simulated.rows) ids.insert(measured_id(report.point(row.point)));
  for (const ReportSeries& series : report.series) {
    if (is_simulated(series)) continue;
    for (const ReportRow& row : series.rows) {
      if (ids.contains(report.point(row.point).id)) return &series;
    }
  }
  return nullptr;
}

std::vector<Validation> validations(const Report& report, const ReportSeries& simulated,
                                    const ReportSeries& measured) {
  std::vector<Validation> out;
  const auto known = measured_rows(report, measured);
  for (const ReportRow& row : simulated.rows) {
    const auto found = known.find(measured_id(report.point(row.point)));
    if (found == known.end() || report.of(row).workers <= 1) continue;
    const ScalingRow& here = report.of(row);
    const ScalingRow& there = report.of(*found->second);
    if (!here.timed || !there.timed) continue;
    out.push_back({.simulated = row.point,
                   .measured = found->second->point,
                   .error = here.time_s.value / there.time_s.value - 1});
  }
  return out;
}

/// The shares of the roles in the time of a point; a wait counts as transfer.
std::map<Role, double> shares_of(const Report& report, std::int64_t point) {
  std::map<Role, double> shares;
  double all = 0;
  for (const AccountRow& row : report.account) {
    if (row.point != point) continue;
    const Role role = row.role == AccountRole::parallel ? Role::parallel
                      : row.role == AccountRole::serial ? Role::serial
                                                        : Role::transfer;
    shares[role] += row.seconds;
    all += row.seconds;
  }
  for (auto& [role, share] : shares) share = ratio(share, all);
  return shares;
}

void add_growth(const Report& report, SimulatedSeries& out) {
  std::vector<std::int64_t> timed;
  for (const ReportRow& row : out.simulated->rows) {
    if (report.of(row).timed) timed.push_back(row.point);
  }
  if (timed.size() < 2) return;
  const auto first = shares_of(report, timed.front()), last = shares_of(report, timed.back());
  const auto in = [](const auto& shares, Role role) {
    return shares.contains(role) ? shares.at(role) : 0.0;
  };
  for (const Role role : {Role::serial, Role::transfer}) {
    const double growth = in(last, role) - in(first, role);
    if (growth <= out.grows_to - out.grows_from) continue;
    out.grows = role;
    out.grows_from = in(first, role);
    out.grows_to = in(last, role);
  }
}

std::vector<Prediction> predictions_at(const ReportSeries& measured, std::int64_t workers) {
  const Load load = load_of(measured.series, static_cast<double>(workers));
  std::vector<Prediction> out = extrapolate_combined(measured.series, measured.laws, load);
  for (Prediction& one : extrapolate(measured.series, measured.laws, load)) {
    out.push_back(std::move(one));
  }
  return out;
}

std::string title_of(const ReportSeries& series, const Prediction& said) {
  std::string title = said.law;
  for (const LawFit& fit : series.laws.fits) {
    if (fit.law().name == said.law) title = fit.law().title;
  }
  return said.kind == PredictionKind::a_priori ? title + ", a priori" : title;
}

void hold_against(const Report& report, SimulatedSeries& out) {
  std::map<std::string, std::size_t> known;
  for (const ReportRow& row : out.simulated->rows) {
    const ScalingRow& numbers = report.of(row);
    if (!is_known(numbers.own_speedup) || numbers.workers <= 1) continue;
    for (const Prediction& said : predictions_at(*out.measured, numbers.workers)) {
      if (!std::isfinite(said.speedup)) continue;
      const std::string title = title_of(*out.measured, said);
      const auto [entry, is_new] = known.try_emplace(title, out.predictions.size());
      if (is_new) out.predictions.push_back({.law = said.law, .title = title});
      HeldAgainst& held = out.predictions[entry->second];
      const double error = said.speedup / numbers.own_speedup.value - 1;
      held.farthest = numbers.workers;
      held.farthest_error = error;
      if (std::abs(error) <= departure || held.first > 0) continue;
      held.first = numbers.workers;
      held.first_error = error;
    }
  }
}

/// One worker exchanges nothing, so that its simulation shows nothing.
bool has_several_workers(const Report& report, const ReportSeries& series) {
  return std::any_of(series.rows.begin(), series.rows.end(),
                     [&](const ReportRow& row) { return report.of(row).workers > 1; });
}

}  // namespace

std::vector<SimulatedSeries> simulated_series(const Report& report) {
  std::vector<SimulatedSeries> out;
  for (const ReportSeries& series : report.series) {
    if (!is_simulated(series) || !has_several_workers(report, series)) continue;
    SimulatedSeries& one = out.emplace_back();
    one.simulated = &series;
    one.measured = counterpart(report, series);
    add_growth(report, one);
    if (one.measured == nullptr) continue;
    one.validated = validations(report, series, *one.measured);
    hold_against(report, one);
  }
  return out;
}

std::vector<Prediction> predictions_to_simulated(const Report& report) {
  std::vector<Prediction> out;
  for (const ReportSeries& series : report.series) {
    if (!is_simulated(series)) continue;
    const ReportSeries* measured = counterpart(report, series);
    if (measured == nullptr) continue;
    std::set<std::int64_t> counts, known;
    for (const ReportRow& row : measured->rows) known.insert(report.of(row).workers);
    for (const ReportRow& row : series.rows) counts.insert(report.of(row).workers);
    for (const std::int64_t workers : counts) {
      if (known.contains(workers)) continue;
      for (Prediction& one : predictions_at(*measured, workers)) out.push_back(std::move(one));
    }
  }
  return out;
}

std::string validation_text(const SimulatedSeries& series, const Report& report) {
  if (series.validated.empty()) return "not validated";
  std::vector<std::string> counts, errors;
  for (const Validation& one : series.validated) {
    counts.push_back(fmt::format("{}", report.numbers(one.simulated).workers));
    errors.push_back(percent(std::abs(one.error)));
  }
  return fmt::format("validated at p = {}: error {}", fmt::join(counts, ", "),
                     fmt::join(errors, ", "));
}

}  // namespace scalelaw::harness
