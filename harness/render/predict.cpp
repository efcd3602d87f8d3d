#include "harness/render/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "common/json_text.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/analysis/names.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/analysis/outlook.hpp"
#include "harness/laws/caches.hpp"
#include "harness/laws/predictions.hpp"

namespace scalelaw::harness {
namespace {

constexpr double far_beyond = 4;  // times the largest p that was measured

std::string reach_cell(const std::optional<Estimate>& estimate) {
  if (!estimate) return "-";
  if (std::isinf(estimate->value)) return "never";
  // More digits would pretend to tell 42305 workers from 42306.
  const auto rounded = [](double x) {
    return std::isinf(x) ? std::string("never") : three_digits(std::round(x));
  };
  return with_interval(estimate->value, estimate->interval, rounded);
}

std::string speedup_cell(const Prediction& p) {
  const auto band = std::isnan(p.low) ? std::nullopt : std::optional(Interval{p.low, p.high, 0.95});
  return with_interval(p.speedup, band,
                       [](double speedup) { return fmt::format("{:.1f}", speedup); });
}

/// The names of the laws that miss their own measurements; empty: none.
std::string crooked(const SeriesLaws& laws) {
  std::string names;
  for (const LawFit& fit : laws.fits) {
    if (!fit.misleads()) continue;
    names += fmt::format("{}{} (misses by {})", names.empty() ? "" : ", ", fit.law().title,
                         percent(fit.typical_miss()));
  }
  return names;
}

/// A caution for the least requested count at which each worker's data stay in another level than
/// at all measured counts.
std::optional<std::string> cache_caution(const Results& results, const Series& series,
                                         const std::vector<std::int64_t>& workers) {
  const auto caches = caches_of(results.environment);
  if (!caches) return std::nullopt;
  std::set<CacheLevel> measured;
  for (const Series::Member& member : series.members) {
    const auto level = level_of(*caches, results.points[static_cast<std::size_t>(member.point)]);
    if (member.fitted && level) measured.insert(*level);
  }
  for (const std::int64_t p : std::set<std::int64_t>(workers.begin(), workers.end())) {
    const auto level = level_at(*caches, *series.first, static_cast<double>(p));
    if (measured.empty() || !level || measured.contains(*level)) continue;
    return fmt::format(
        "CAUTION: at p={} the data stay in {}, unlike at any measured point: the laws do not model "
        "that",
        p, to_string(*level));
  }
  return std::nullopt;
}

Section section_of(const Results& results, const Series& series, const SampleIndex& samples,
                   const std::vector<std::int64_t>& workers) {
  const SeriesLaws laws = apply_laws(series, samples);
  const Point& first = *series.first;
  Section section;
  section.heading = fmt::format("{}, {}, {}: {} against one worker", study_label(first),
                                runner_label(first), to_string(first.scaling),
                                first.scaling == Scaling::weak ? "scaled speedup" : "speedup");
  section.table.header = {"law"};
  for (const std::int64_t p : workers) section.table.header.push_back(fmt::format("p={}", p));
  section.table.header.insert(section.table.header.end(), {"fastest at p", "half efficient at p"});
  section.table.left = {0};
  for (const Outlook& outlook : outlooks(series, laws, workers)) {
    if (!outlook.reason.empty()) {
      section.after.push_back(
          fmt::format("{}: {}: {}", outlook.title,
                      outlook.kind == PredictionKind::a_priori ? "unknown" : "not identifiable",
                      outlook.reason));
      continue;
    }
    std::vector<std::string> cells{outlook.title};
    for (const Prediction& p : outlook.predictions) cells.push_back(speedup_cell(p));
    cells.push_back(reach_cell(outlook.peak));
    cells.push_back(reach_cell(outlook.half));
    section.table.rows.push_back(cells);
  }
  double largest = 0;
  for (const auto& m : series.members) largest = std::max(largest, m.fitted ? m.load.workers : 0);
  const auto most = workers.empty() ? 0 : *std::max_element(workers.begin(), workers.end());
  if (static_cast<double>(most) > far_beyond * largest) {
    section.after.push_back(
        fmt::format("measured up to p={:.0f}: a band shows the uncertainty of the law's "
                    "parameters, not whether the law still holds at p={}",
                    largest, most));
  }
  if (const std::string names = crooked(laws); !names.empty()) {
    section.after.push_back(
        fmt::format("CAUTION: {} does not describe even the points that it was fitted to", names));
  }
  if (auto caution = cache_caution(results, series, workers)) {
    section.after.push_back(std::move(*caution));
  }
  return section;
}

/// "1x1x2 not_converged, busy; 1x1x4 busy": the marked points behind a series' laws.
std::string marked_points(const Results& results, const std::vector<Summary>& summaries,
                          const Series& series) {
  std::string text;
  for (const Series::Member& member : series.members) {
    const auto index = static_cast<std::size_t>(member.point);
    const std::string marks = marks_text(marks_of(results.points[index], summaries[index]));
    if (!member.fitted || marks.empty()) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ",
                        placement_label(results.points[index].placement), marks);
  }
  return text;
}

nlohmann::ordered_json number(double x) {
  return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  const auto& interval = estimate->interval;
  return {{"value", number(estimate->value)},
          {"low", interval ? number(interval->low) : nlohmann::ordered_json(nullptr)},
          {"high", interval ? number(interval->high) : nlohmann::ordered_json(nullptr)}};
}

}  // namespace

std::vector<Section> predict_sections(const Results& results,
                                      const std::vector<std::int64_t>& workers) {
  const SampleIndex samples = index_samples(results);
  const std::vector<Summary> summaries = summarize_all(results);
  std::map<std::string, int> seen;
  std::vector<Section> out;
  for (const Series& series : scaling_series(results)) {
    out.push_back(section_of(results, series, samples, workers));
    const int twin = ++seen[out.back().heading];
    if (twin > 1) out.back().heading += fmt::format(" #{}", twin);
    const std::string marked = marked_points(results, summaries, series);
    if (!marked.empty()) out.back().after.push_back("based on marked points: " + marked);
  }
  if (out.empty())
    out.push_back({2, "", {"No scaling series: no model ran with several workers."}, {}, {}});
  if (const auto warning = clock_warning(results)) {
    out.front().before.insert(out.front().before.begin(), *warning);
  }
  return out;
}

std::string predict_json(const Results& results, const std::vector<std::int64_t>& workers) {
  using Json = nlohmann::ordered_json;
  const SampleIndex samples = index_samples(results);
  const std::vector<Summary> summaries = summarize_all(results);
  Json out{{"schema", 1},
           {"campaign", results.name},
           {"clock", clock_text(results)},
           {"series", Json::array()}};
  for (const Series& series : scaling_series(results)) {
    const SeriesLaws series_laws = apply_laws(series, samples);
    Json laws = Json::array();
    for (const Outlook& outlook : outlooks(series, series_laws, workers)) {
      Json predictions = Json::array();
      for (const Prediction& p : outlook.predictions) {
        predictions.push_back({{"workers", p.workers},
                               {"speedup", number(p.speedup)},
                               {"low", number(p.low)},
                               {"high", number(p.high)}});
      }
      laws.push_back({{"law", outlook.law},
                      {"kind", to_string(outlook.kind)},
                      {"identifiable", outlook.reason.empty()},
                      {"reason", outlook.reason},
                      {"predictions", predictions},
                      {"peak_workers", json_of(outlook.peak)},
                      {"half_efficiency_workers", json_of(outlook.half)}});
    }
    const Point& first = *series.first;
    out["series"].push_back({{"series", series.id},
                             {"experiment", first.experiment},
                             {"kernel", first.kernel},
                             {"implementation", first.implementation},
                             {"params", first.params},
                             {"options", first.options},
                             {"model", first.model.name},
                             {"scaling", to_string(first.scaling)},
                             {"marked_points", marked_points(results, summaries, series)},
                             {"laws", laws}});
  }
  return serialize(out, 2) + "\n";
}

}  // namespace scalelaw::harness
