#include "harness/analysis/baselines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "harness/analysis/marks.hpp"
#include "harness/results/program_name.hpp"

namespace scalelaw::harness {
namespace {

std::string serial_name(const Point& point) {
  if (point.implementation == own_implementation) return driver_program(point);
  const bool parallel = point.model.is_parallel();
  if (point.implementation == unknown_implementation)
    return parallel ? "one worker" : "one process";
  return point.implementation + (parallel ? ", one worker" : "");
}

/// The time of one worker by the first law that can be fitted.
std::optional<Baseline> fitted(const Series& series, const SeriesLaws& laws) {
  if (!std::isfinite(laws.base_s) || !(laws.base_s > 0)) return std::nullopt;
  for (const LawFit& fit : laws.fits) {
    if (!fit.identifiable()) continue;
    Baseline out;
    out.name = fmt::format("{}, one worker {}", series.first->model.name, laws.base_by);
    out.seconds.value = laws.base_s;
    for (const Estimate& estimate : fit.estimates()) {
      if (estimate.name != "one_worker_s" || !estimate.interval) continue;
      out.seconds.low = std::min(estimate.interval->low, laws.base_s);
      out.seconds.high = std::max(estimate.interval->high, laws.base_s);
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace

Baselines::Baselines(const Results& results, const std::vector<Summary>& summaries)
    : results_(results), summaries_(summaries), points_(results.points) {}

const Point& Baselines::at(std::int64_t point) const {
  return results_.points[static_cast<std::size_t>(point)];
}

const Summary& Baselines::summary(std::int64_t point) const {
  return summaries_[static_cast<std::size_t>(point)];
}

const std::vector<std::int64_t>& Baselines::same_work(const Point& like) const {
  return points_.same_work(like);
}

Baseline Baselines::measured(std::string name, std::int64_t point) const {
  Baseline out;
  out.point = point;
  out.name = std::move(name);
  out.marks = marks_text(marks_of(at(point), summary(point)));
  out.seconds.value = summary(point).median_s;
  if (const auto& interval = summary(point).interval_s) {
    out.seconds.low = interval->low;
    out.seconds.high = interval->high;
  }
  return out;
}

std::optional<Baseline> Baselines::serial(const Series& series) const {
  const auto has_a_time = [&](std::int64_t point) { return has_time(at(point), summary(point)); };
  const auto seconds = [&](std::int64_t point) { return summary(point).median_s; };
  const std::vector<std::int64_t> all =
      points_.serial_of(at(series.members.front().point), has_a_time);
  if (all.empty()) return std::nullopt;
  const std::int64_t best = *std::ranges::min_element(all, {}, seconds);
  return measured(serial_name(at(best)), best);
}

std::optional<Baseline> Baselines::own(const Series& series, const SeriesLaws& laws) const {
  if (const auto* one = series.one_worker()) {
    return measured(series.first->model.name + ", one worker", one->point);
  }
  return fitted(series, laws);
}

}  // namespace scalelaw::harness
