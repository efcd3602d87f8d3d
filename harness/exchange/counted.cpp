#include "harness/exchange/counted.hpp"

#include <fmt/format.h>

#include <set>

#include "common/error.hpp"
#include "harness/analysis/names.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

/// "dot_product length=1000, openmp": the work, without the size that grows, and what ran it.
std::string name_of(const Point& point) {
  if (point.scaling == Scaling::strong) {
    return fmt::format("{}, {}", study_label(point), runner_label(point));
  }
  const bool named = !point.experiment.empty() && point.experiment != point.kernel;
  return fmt::format("{}{}, weak, {}", named ? point.experiment + ": " : "", point.kernel,
                     runner_label(point));
}

void require_some(const std::vector<CountedPoint>& points) {
  if (points.empty()) {
    throw Error("no point has a time to export", "scalelaw report FILE says what became of them");
  }
}

}  // namespace

std::vector<CountedPoint> counted_points(const Results& results) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::vector<CountedPoint> out;
  std::vector<std::vector<double>> samples(results.launches.size());
  for (const Sample& sample : results.samples) {
    if (sample.diagnostic) continue;
    samples[static_cast<std::size_t>(sample.launch)].push_back(sample.total_s);
  }
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    if (!has_time(results.points[i], summaries[i])) continue;
    CountedPoint& one = out.emplace_back();
    one.point = &results.points[i];
    for (const LaunchTime& launch : summaries[i].launches) {
      one.launches.push_back(samples[static_cast<std::size_t>(launch.launch)]);
      one.medians_s.push_back(launch.median_s);
    }
  }
  require_some(out);
  return out;
}

std::vector<CountedPoint> series_points(const Results& results) {
  std::vector<CountedPoint> out = counted_points(results);
  std::erase_if(out, [](const CountedPoint& one) { return is_ceiling(*one.point); });
  require_some(out);
  for (const CountedPoint& one : out) {
    if (are_comparable(one.point->clock, TimeSource::measured)) continue;
    throw Error(fmt::format("the times are {}, and this format could not say so",
                            to_string(one.point->clock)),
                "export them as csv, which has a column for it");
  }
  return out;
}

std::map<std::int64_t, std::string> series_names(const std::vector<CountedPoint>& points) {
  std::map<std::int64_t, std::string> out;
  std::set<std::string> taken;
  for (const CountedPoint& one : points) {
    const Point& point = *one.point;
    if (out.contains(point.series)) continue;
    std::string name = name_of(point);
    if (!taken.insert(name).second) name += fmt::format(", series {}", point.series);
    taken.insert(name);
    out[point.series] = std::move(name);
  }
  return out;
}

}  // namespace scalelaw::harness
