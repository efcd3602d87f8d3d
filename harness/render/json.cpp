#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "common/json_text.hpp"
#include "harness/analysis/limits.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/processes.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/json_number.hpp"
#include "harness/store/results_columns.hpp"

namespace scalelaw::harness {
namespace {

using Json = nlohmann::ordered_json;

Json of(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"low", json_number(interval->low)},
          {"high", json_number(interval->high)},
          {"confidence", interval->confidence}};
}

Json of(const Ratio& ratio) {
  return {{"value", json_number(ratio.value)}, {"interval", of(ratio.interval)}};
}

Json of(const Bracketed& quantity) {
  if (!is_known(quantity)) return nullptr;
  return {{"value", json_number(quantity.value)}, {"interval", of(interval_of(quantity))}};
}

/// The interval of a time, with its actual confidence.
Json time_interval(const Bracketed& time_s, double confidence) {
  auto interval = interval_of(time_s);
  if (interval && std::isfinite(confidence)) interval->confidence = confidence;
  return of(interval);
}

Json of(const Report& report, const std::optional<Baseline>& baseline) {
  if (!baseline) return nullptr;
  const bool measured = baseline->point >= 0;
  const double confidence =
      measured ? report.scaling[static_cast<std::size_t>(baseline->point)].confidence : 0.95;
  return {{"name", baseline->name},
          {"point", measured ? Json(baseline->point) : Json(nullptr)},
          {"median_s", json_number(baseline->seconds.value)},
          {"interval_s", time_interval(baseline->seconds, confidence)},
          {"marks", baseline->marks}};
}

/// Adds a table of the results file: its rows, as objects, under its name, and the description of
/// its columns under `columns`.
template <class Row>
void add_table(Json& out, const RowTable<Row>& form, const std::vector<Row>& rows) {
  const std::string name = form.path.substr(1);
  for (const auto& of_row : form.columns) {
    const Column& column = of_row.column;
    out["columns"][name].push_back({{"name", column.name},
                                    {"type", to_string(column.type)},
                                    {"unit", column.unit},
                                    {"meaning", column.meaning}});
  }
  out[name] = Json::array();
  for (const Row& row : rows) {
    Json one = Json::object();
    for (const auto& column : form.columns) one[column.column.name] = column.to_json(row);
    out[name].push_back(std::move(one));
  }
}

Json of(const std::optional<Prediction>& p) {
  if (!p) return nullptr;
  return {{"law", p->law},
          {"speedup", json_number(p->speedup)},
          {"low", json_number(p->low)},
          {"high", json_number(p->high)},
          {"error", json_number(p->error)},
          {"inside", std::isnan(p->low) ? Json(nullptr) : Json(p->inside)}};
}

Json of(const std::optional<Waterfall>& waterfall) {
  if (!waterfall) return nullptr;
  Json out{{"loss", json_number(waterfall->loss)}};
  const auto parts = parts_of(*waterfall);
  for (std::size_t i = 0; i < parts.size(); ++i)
    out[std::string(waterfall_parts[i])] = json_number(parts[i]);
  return out;
}

Json of(const std::optional<PopEfficiency>& pop) {
  if (!pop) return nullptr;
  return {{"load_balance", pop->load_balance},
          {"communication", pop->communication},
          {"parallel", pop->parallel}};
}

Json of(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"value", json_number(estimate->value)}, {"interval", of(estimate->interval)}};
}

Json of(const CoreRateCeiling& one) {
  return {{"model", one.model.name},
          {"nodes", one.placement.nodes},
          {"ranks_per_node", one.placement.ranks_per_node},
          {"threads", one.placement.threads},
          {"rate", one.rate},
          {"per_s", of(std::optional(one.per_s))},
          {"marks", marks_json(one.marks)}};
}

Json of(const Ceiling& ceiling) {
  return {{"model", ceiling.model.name},
          {"nodes", ceiling.placement.nodes},
          {"ranks_per_node", ceiling.placement.ranks_per_node},
          {"threads", ceiling.placement.threads},
          {"working_set_bytes",
           ceiling.working_set_bytes ? json_number(*ceiling.working_set_bytes) : Json(nullptr)},
          {"read_bytes_per_s", of(ceiling.read_bytes_per_s)},
          {"latency_s", of(ceiling.latency_s)},
          {"bandwidth_bytes_per_s", of(ceiling.bandwidth_bytes_per_s)},
          {"bimodal", ceiling.bimodal},
          {"marks", marks_json(ceiling.marks)}};
}

Json marks_at(const Report& report, std::int64_t point) {
  const auto i = static_cast<std::size_t>(point);
  return marks_json(marks_of(report.results->points[i], report.summaries[i]));
}

Json of(const Report& report, const ReportRow& row) {
  const Point& point = report.results->points[static_cast<std::size_t>(row.point)];
  const ScalingRow& numbers = report.of(row);
  return {{"point", row.point},
          {"id", point.id},
          {"params", point.params},
          {"nodes", point.placement.nodes},
          {"ranks_per_node", point.placement.ranks_per_node},
          {"threads", point.placement.threads},
          {"workers", numbers.workers},
          {"oversubscribed", point.oversubscribed},
          {"state", to_string(numbers.state)},
          {"reason", point.reason},
          {"clock", to_string(numbers.clock)},
          {"busy", numbers.busy},
          {"marks", marks_at(report, row.point)},
          {"launches", numbers.launches},
          {"samples", numbers.samples},
          {"median_s", json_number(numbers.time_s.value)},
          {"interval_s", time_interval(numbers.time_s, numbers.confidence)},
          {"rate", json_number(numbers.rate_per_s.value)},
          {"ceiling_share", json_number(numbers.ceiling_share)},
          {"ceiling_doubt", numbers.ceiling_doubt},
          {"limit", numbers.limit},
          {"limit_share", json_number(numbers.limit_share)},
          {"limit_doubt", limit_doubt(numbers)},
          {"speedup_serial", of(numbers.serial_speedup)},
          {"efficiency_serial", of(numbers.serial_efficiency)},
          {"speedup_own", of(numbers.own_speedup)},
          {"efficiency_own", of(numbers.own_efficiency)},
          {"a_priori", of(row.a_priori)},
          {"a_priori_messages", of(row.a_priori_messages)},
          {"fitted", of(row.fitted)},
          {"held_out", of(row.held_out)},
          {"karp_flatt", json_number(numbers.karp_flatt)},
          {"pop", of(row.pop)},
          {"waterfall", of(row.waterfall)}};
}

Json of(const LawFit& fit, const SeriesLaws& laws) {
  Json out{{"law", fit.law().name},
           {"formula", fit.law().formula},
           {"identifiable", fit.identifiable()},
           {"testable", fit.testable()},
           {"reason", fit.reason()}};
  out["r_squared"] = fit.identifiable() ? json_number(fit.goodness()) : Json(nullptr);
  out["lacks_fit"] = fit.identifiable() ? Json(fit.lacks_fit()) : Json(nullptr);
  out["parameters"] = Json::object();
  for (const Estimate& e : fit.estimates()) {
    out["parameters"][std::string(e.name)] = {{"value", json_number(e.value)},
                                              {"interval", of(e.interval)}};
  }
  out["held_out_error"] = nullptr;
  for (const Prediction& p : laws.predictions) {
    if (p.law == fit.law().name && p.kind == PredictionKind::held_out)
      out["held_out_error"] = json_number(p.error);
  }
  return out;
}

Json of(const Report& report, const ReportSeries& series) {
  const Point& first = *series.series.first;
  Json out{{"series", series.series.id},
           {"experiment", first.experiment},
           {"kernel", first.kernel},
           {"implementation", first.implementation},
           {"model", first.model.name},
           {"scaling", to_string(first.scaling)},
           {"params", first.params},
           {"options", first.options},
           {"unit", series.unit},
           {"baseline_serial", of(report, series.serial)},
           {"baseline_own", of(report, series.own)},
           {"a_priori_serial_share",
            series.laws.a_priori ? json_number(series.laws.a_priori->value) : Json(nullptr)},
           {"a_priori_serial_share_interval",
            series.laws.a_priori ? of(series.laws.a_priori->interval()) : Json(nullptr)},
           {"points", Json::array()},
           {"laws", Json::array()},
           {"ranking", series.laws.ranking}};
  for (const ReportRow& row : series.rows) out["points"].push_back(of(report, row));
  for (const LawFit& fit : series.laws.fits) out["laws"].push_back(of(fit, series.laws));
  return out;
}

Json of(const Report& report, const PeerRatio& peer) {
  const Point& theirs = report.results->points[static_cast<std::size_t>(peer.peer)];
  return {{"ours", peer.ours},
          {"peer", peer.peer},
          {"implementation", theirs.implementation},
          {"ratio", of(peer.ratio)},
          {"ours_marks", marks_at(report, peer.ours)},
          {"peer_marks", marks_at(report, peer.peer)}};
}

Json of(const Report& report, const Variant& v) {
  const auto balance = [](const auto& b) { return b ? json_number(*b) : Json(nullptr); };
  return {{"first", v.first},
          {"other", v.other},
          {"option", v.option},
          {"first_value", v.first_value},
          {"other_value", v.other_value},
          {"gain", of(v.gain)},
          {"first_load_balance", balance(v.first_balance)},
          {"other_load_balance", balance(v.other_balance)},
          {"first_marks", marks_at(report, v.first)},
          {"other_marks", marks_at(report, v.other)}};
}

Json of(const Report& report, const PointStages& of_point) {
  Json stages = Json::array();
  for (const StageTime& one : of_point.stages) {
    stages.push_back({{"stage", one.stage}, {"busy_s", json_number(one.busy_s)}});
  }
  return {{"point", of_point.point},
          {"stages", std::move(stages)},
          {"at_once", json_number(of_point.at_once)},
          {"marks", marks_at(report, of_point.point)}};
}

Json of(const Report& report, const PointProcesses& one) {
  return {{"point", one.point},
          {"wall_s", json_number(one.wall_s)},
          {"user_s", json_number(one.user_s)},
          {"system_s", json_number(one.system_s)},
          {"peak_bytes", json_number(one.peak_bytes)},
          {"largest_peak_bytes", json_number(one.largest_peak_bytes)},
          {"marks", marks_at(report, one.point)}};
}

Json of(const BusyBlock& busy) {
  return {{"block", busy.block},
          {"free_cores", json_number(busy.free_cores)},
          {"lost_share", json_number(busy.lost_share)},
          {"launches", busy.launches}};
}

Json of(const AllocationUse& use) {
  return {{"allocation", use.allocation}, {"nodes", use.nodes}, {"launches", use.launches}};
}

Json of(const RuleVerdict& rule) {
  return {{"number", rule.number},
          {"rule", rule.rule},
          {"kept", rule.standing == Standing::kept},
          {"standing", to_string(rule.standing)},
          {"reason", rule.reason}};
}

template <class Row>
Json list_of(const std::vector<Row>& rows) {
  Json out = Json::array();
  for (const Row& row : rows) out.push_back(of(row));
  return out;
}

template <class Row>
Json list_of(const Report& report, const std::vector<Row>& rows) {
  Json out = Json::array();
  for (const Row& row : rows) out.push_back(of(report, row));
  return out;
}

/// The machine that was measured, as far as the file says; also where its times were simulated.
Json machine_json(const std::map<std::string, std::string>& environment) {
  const auto known = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() || found->second == "unknown" ? Json() : Json(found->second);
  };
  return {{"host", known("host.name")},
          {"cpu_model", known("cpu.model")},
          {"cores", known("cores.allowed")},
          {"simulated_on", known("simulated.on.host.name")}};
}

}  // namespace

std::string report_json(const Report& report) {
  const Results& results = *report.results;
  Json out{{"schema", 1},
           {"campaign", results.name},
           {"started", results.started},
           {"seed", is_imported(results) ? Json() : Json(results.seed)},
           {"clock", clock_text(results)},
           {"target_interval", results.target_interval}};
  out["machine"] = machine_json(results.environment);
  out["series"] = list_of(report, report.series);
  out["ceilings"] = list_of(report.ceilings);
  out["core_rates"] = list_of(report.core_rates);
  out["peers"] = list_of(report, report.peers);
  out["variants"] = list_of(report, report.variants);
  out["stages"] = list_of(report, report.stages);
  out["processes"] = list_of(report, processes_of(results, report.summaries));
  out["busy_blocks"] = list_of(report.busy);
  out["allocations"] = list_of(report.allocations);
  out["rules"] = list_of(report.rules);
  add_table(out, scaling_columns(), report.scaling);
  add_table(out, account_columns(), report.account);
  add_table(out, fit_columns(), report.fits);
  add_table(out, prediction_columns(), report.predictions);
  add_table(out, finding_columns(), report.findings);
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness
