#include <cmath>
#include <nlohmann/json.hpp>

#include "common/json_text.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/render/formats.hpp"

namespace scalelaw::harness {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json of(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"low", number(interval->low)},
          {"high", number(interval->high)},
          {"confidence", interval->confidence}};
}

Json of(const std::optional<Ratio>& ratio, double divisor) {
  if (!ratio) return nullptr;
  auto interval = ratio->interval;
  if (interval) {
    interval->low /= divisor;
    interval->high /= divisor;
  }
  return {{"value", number(ratio->value / divisor)}, {"interval", of(interval)}};
}

Json of(const std::optional<Baseline>& baseline) {
  if (!baseline) return nullptr;
  return {{"name", baseline->name},
          {"point", baseline->point},
          {"median_s", number(baseline->seconds)},
          {"interval_s", of(baseline->interval_s)}};
}

Json of(const std::optional<Prediction>& p) {
  if (!p) return nullptr;
  return {{"law", p->law},
          {"speedup", number(p->speedup)},
          {"low", number(p->low)},
          {"high", number(p->high)},
          {"error", number(p->error)},
          {"inside", std::isnan(p->low) ? Json(nullptr) : Json(p->inside)}};
}

Json of(const std::optional<Waterfall>& waterfall) {
  if (!waterfall) return nullptr;
  Json out{{"loss", number(waterfall->loss)}};
  const auto parts = parts_of(*waterfall);
  for (std::size_t i = 0; i < parts.size(); ++i)
    out[std::string(waterfall_parts[i])] = number(parts[i]);
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
  return {{"value", number(estimate->value)}, {"interval", of(estimate->interval)}};
}

Json of(const Ceiling& ceiling) {
  return {{"model", ceiling.model.name},
          {"nodes", ceiling.placement.nodes},
          {"ranks_per_node", ceiling.placement.ranks_per_node},
          {"threads", ceiling.placement.threads},
          {"working_set_bytes",
           ceiling.working_set_bytes ? number(*ceiling.working_set_bytes) : Json(nullptr)},
          {"read_bytes_per_s", of(ceiling.read_bytes_per_s)},
          {"latency_s", of(ceiling.latency_s)},
          {"bandwidth_bytes_per_s", of(ceiling.bandwidth_bytes_per_s)},
          {"bimodal", ceiling.bimodal}};
}

Json of(const Report& report, const ReportRow& row) {
  const Point& point = report.results->points[static_cast<std::size_t>(row.point)];
  return {{"point", row.point},
          {"id", point.id},
          {"params", point.params},
          {"nodes", point.placement.nodes},
          {"ranks_per_node", point.placement.ranks_per_node},
          {"threads", point.placement.threads},
          {"workers", point.placement.workers()},
          {"oversubscribed", point.oversubscribed},
          {"state", to_string(point.state)},
          {"reason", point.reason},
          {"clock", to_string(point.clock)},
          {"busy", row.summary.busy},
          {"marks", marks_json(marks_of(point, row.summary))},
          {"launches", row.summary.launches.size()},
          {"samples", row.summary.samples},
          {"median_s", number(row.summary.median_s)},
          {"interval_s", of(row.summary.interval_s)},
          {"rate", number(row.rate)},
          {"ceiling_share", row.ceiling_share ? number(*row.ceiling_share) : Json(nullptr)},
          {"ceiling_doubt", row.ceiling_doubt},
          {"speedup_serial", of(row.speedup_serial, 1)},
          {"efficiency_serial", of(row.speedup_serial, row.workers)},
          {"speedup_own", of(row.speedup_own, 1)},
          {"efficiency_own", of(row.speedup_own, row.workers)},
          {"a_priori", of(row.a_priori)},
          {"a_priori_messages", of(row.a_priori_messages)},
          {"fitted", of(row.fitted)},
          {"held_out", of(row.held_out)},
          {"karp_flatt", row.karp_flatt ? number(*row.karp_flatt) : Json(nullptr)},
          {"pop", of(row.pop)},
          {"waterfall", of(row.waterfall)}};
}

Json of(const LawFit& fit, const SeriesLaws& laws) {
  Json out{{"law", fit.law().name},
           {"formula", fit.law().formula},
           {"identifiable", fit.identifiable()},
           {"testable", fit.testable()},
           {"reason", fit.reason()}};
  out["r_squared"] = fit.identifiable() ? number(fit.goodness()) : Json(nullptr);
  out["lacks_fit"] = fit.identifiable() ? Json(fit.lacks_fit()) : Json(nullptr);
  out["parameters"] = Json::object();
  for (const Estimate& e : fit.estimates()) {
    out["parameters"][std::string(e.name)] = {{"value", number(e.value)},
                                              {"interval", of(e.interval)}};
  }
  out["held_out_error"] = nullptr;
  for (const Prediction& p : laws.predictions) {
    if (p.law == fit.law().name && p.kind == PredictionKind::held_out)
      out["held_out_error"] = number(p.error);
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
           {"baseline_serial", of(series.serial)},
           {"baseline_own", of(series.own)},
           {"a_priori_serial_share",
            series.laws.a_priori ? number(series.laws.a_priori->value) : Json(nullptr)},
           {"a_priori_serial_share_interval",
            series.laws.a_priori ? of(series.laws.a_priori->interval()) : Json(nullptr)},
           {"points", Json::array()},
           {"laws", Json::array()},
           {"ranking", series.laws.ranking}};
  for (const ReportRow& row : series.rows) out["points"].push_back(of(report, row));
  for (const LawFit& fit : series.laws.fits) out["laws"].push_back(of(fit, series.laws));
  return out;
}

}  // namespace

std::string report_json(const Report& report) {
  const Results& results = *report.results;
  Json out{{"schema", 1},
           {"campaign", results.name},
           {"started", results.started},
           {"seed", results.seed},
           {"clock", clock_text(results)},
           {"target_interval", results.target_interval}};
  out["series"] = Json::array();
  for (const ReportSeries& series : report.series) out["series"].push_back(of(report, series));
  out["ceilings"] = Json::array();
  for (const Ceiling& ceiling : report.ceilings) out["ceilings"].push_back(of(ceiling));
  out["peers"] = Json::array();
  for (const PeerRatio& peer : report.peers) {
    out["peers"].push_back(
        {{"ours", peer.ours},
         {"peer", peer.peer},
         {"implementation", results.points[static_cast<std::size_t>(peer.peer)].implementation},
         {"ratio", of(std::optional(peer.ratio), 1)}});
  }
  out["variants"] = Json::array();
  for (const Variant& v : report.variants) {
    const auto balance = [](const auto& b) { return b ? number(*b) : Json(nullptr); };
    out["variants"].push_back({{"first", v.first},
                               {"other", v.other},
                               {"option", v.option},
                               {"first_value", v.first_value},
                               {"other_value", v.other_value},
                               {"gain", of(std::optional(v.gain), 1)},
                               {"first_load_balance", balance(v.first_balance)},
                               {"other_load_balance", balance(v.other_balance)}});
  }
  out["stages"] = Json::array();
  for (const PointStages& of_point : report.stages) {
    Json stages = Json::array();
    for (const StageTime& one : of_point.stages) {
      stages.push_back({{"stage", one.stage}, {"busy_s", number(one.busy_s)}});
    }
    out["stages"].push_back({{"point", of_point.point},
                             {"stages", std::move(stages)},
                             {"at_once", number(of_point.at_once)}});
  }
  out["busy_blocks"] = Json::array();
  for (const BusyBlock& busy : report.busy) {
    out["busy_blocks"].push_back({{"block", busy.block},
                                  {"free_cores", number(busy.free_cores)},
                                  {"launches", busy.launches}});
  }
  out["rules"] = Json::array();
  for (const RuleVerdict& rule : report.rules) {
    out["rules"].push_back({{"number", rule.number},
                            {"rule", rule.rule},
                            {"kept", rule.standing == Standing::kept},
                            {"standing", to_string(rule.standing)},
                            {"reason", rule.reason}});
  }
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness
