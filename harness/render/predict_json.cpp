#include <cmath>
#include <nlohmann/json.hpp>

#include "common/json_text.hpp"
#include "harness/analysis/forecast.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/laws/reach.hpp"
#include "harness/render/json_number.hpp"
#include "harness/render/predict.hpp"

namespace scalelaw::harness {
namespace {

using Json = nlohmann::ordered_json;

Json prediction_json(const Prediction& p, const Foresight& seen, const View& view) {
  const double work_s =
      seen.laws.base_s * load_of(view.series, static_cast<double>(p.workers)).work;
  Json out{{"workers", p.workers},
           {"speedup", json_number(p.speedup)},
           {"low", json_number(p.low)},
           {"high", json_number(p.high)},
           {"seconds", json_number(work_s / p.speedup)},
           {"seconds_low", json_number(work_s / p.high)},
           {"seconds_high", json_number(work_s / p.low)}};
  if (!view.held_out) return out;
  const double speedup =
      measured_speedup(seen.laws.base_s, view.held_out->median_s, view.held_out->load.work);
  out["measured_seconds"] = json_number(view.held_out->median_s);
  out["measured_speedup"] = json_number(speedup);
  out["inside"] = p.low <= speedup && speedup <= p.high;
  return out;
}

Json row_json(const Outlook& outlook, const Foresight& seen, const View& view) {
  Json predictions = Json::array();
  for (const Prediction& p : outlook.predictions) {
    predictions.push_back(prediction_json(p, seen, view));
  }
  return {{"law", outlook.law},
          {"kind", to_string(outlook.kind)},
          {"identifiable", outlook.reason.empty()},
          {"reason", outlook.reason},
          {"predictions", predictions},
          {"peak_workers", json_of(outlook.peak)},
          {"half_efficiency_workers", json_of(outlook.half)}};
}

Json targets_json(const Foresight& seen) {
  Json out = Json::array();
  for (const Target& target : seen.targets) {
    Json one{{"workers", target.workers},
             {"factor", json_number(target.factor)},
             {"refused", target.refused}};
    if (seen.laws.combined && seen.laws.combined->possible() && target.factor > 1) {
      const Distance& distance = seen.laws.combined->distance(static_cast<double>(target.workers));
      one["typical_error"] = json_number(Distance::times(distance.typical, target.factor) - 1);
      one["one_in_ten_error"] =
          json_number(Distance::times(distance.one_in_ten, target.factor) - 1);
    }
    out.push_back(one);
  }
  return out;
}

Json weights_json(const SeriesLaws& laws) {
  Json out = Json::array();
  if (!laws.combined) return out;
  for (const Combined::Share& share : laws.combined->shares()) {
    out.push_back({{"continuation", share.continuation->name},
                   {"weight", json_number(share.weight)},
                   {"miss", share.miss ? json_number(*share.miss) : Json(nullptr)}});
  }
  return out;
}

/// Infinity, "as far as was looked", is null beside `looked_to`.
Json efficient_json(const std::vector<EfficientUpTo>& answers) {
  Json out = Json::array();
  for (const EfficientUpTo& answer : answers) {
    out.push_back({{"level", json_number(answer.level)},
                   {"workers", json_number(answer.workers)},
                   {"low", json_number(answer.low)},
                   {"high", json_number(answer.high)},
                   {"looked_to", json_number(answer.looked_to)},
                   {"against", json_number(answer.against)}});
  }
  return out;
}

Json next_json(const std::optional<NextMeasurement>& next) {
  if (!next) return nullptr;
  return {{"target", next->target},
          {"workers", next->workers > 0 ? Json(next->workers) : Json(nullptr)},
          {"times_now", json_number(next->times_now)},
          {"times_then", json_number(next->times_then)}};
}

Json series_json(const View& view, const Foresight& seen) {
  Json rows = Json::array();
  for (const Outlook& outlook : seen.rows) rows.push_back(row_json(outlook, seen, view));
  const Point& first = *view.series.first;
  const bool combined = seen.laws.combined && seen.laws.combined->possible();
  return {
      {"series", view.series.id},
      {"experiment", first.experiment},
      {"kernel", first.kernel},
      {"implementation", first.implementation},
      {"params", first.params},
      {"options", first.options},
      {"model", first.model.name},
      {"scaling", to_string(first.scaling)},
      {"largest_measured",
       combined ? Json(static_cast<std::int64_t>(seen.laws.combined->largest())) : Json(nullptr)},
      {"baseline_seconds", json_number(seen.laws.base_s)},
      {"baseline_by", seen.laws.base_by.empty() ? "measured" : seen.laws.base_by},
      {"targets", targets_json(seen)},
      {"laws", rows},
      {"weights", weights_json(seen.laws)},
      {"efficient_up_to", efficient_json(seen.efficient)},
      {"next_measurement", next_json(seen.next)}};
}

}  // namespace

std::string predict_json(const Results& results, const Question& question) {
  const SampleIndex samples = index_samples(results);
  const std::vector<Summary> summaries = summarize_all(results);
  Json out{{"schema", 1},
           {"campaign", results.name},
           {"clock", clock_text(results)},
           {"held_out", question.hold_out},
           {"series", Json::array()}};
  for (const View& view : views_of(results, question)) {
    Json one = series_json(view, foresight_of(view, samples));
    one["marked_points"] = marked_points(results, summaries, view.series);
    out["series"].push_back(std::move(one));
  }
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness
