#include "harness/analysis/scaling.hpp"

#include <cmath>
#include <limits>

#include "harness/analysis/marks.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/laws/efficiency.hpp"
#include "harness/results/ceiling.hpp"
#include "harness/results/launch_samples.hpp"
#include "harness/statistics/observed_summary.hpp"

namespace scalelaw::harness {
namespace {

double work_number(const Point& point, const char* key) {
  if (!point.work.is_object() || !point.work.contains(key)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return point.work[key].get<double>();
}

Bracketed bracketed(double value, const std::optional<Interval>& interval) {
  Bracketed out;
  out.value = value;
  if (!interval) return out;
  out.low = interval->low;
  out.high = interval->high;
  return out;
}

Bracketed divided(const Bracketed& quantity, double by) {
  return {.value = quantity.value / by, .low = quantity.low / by, .high = quantity.high / by};
}

}  // namespace

bool is_memory_bound(const Point& point) {
  return point.kernel != ceiling_read && point.work.is_object() &&
         point.work.value("memory_bound", false);
}

Bracketed bracketed(const Ratio& ratio) {
  return bracketed(ratio.value, ratio.interval);
}

std::optional<Interval> interval_of(const Bracketed& quantity) {
  if (std::isnan(quantity.low) || std::isnan(quantity.high)) return std::nullopt;
  return Interval{.low = quantity.low, .high = quantity.high, .confidence = 0.95};
}

bool is_known(const Bracketed& quantity) {
  return !std::isnan(quantity.value);
}

ScalingRows::ScalingRows(const Results& results, const std::vector<Summary>& summaries,
                         const ReadCeilings& ceilings, const Limits& limits)
    : results_(results),
      summaries_(summaries),
      ceilings_(ceilings),
      limits_(limits),
      samples_(samples_by_launch(results)) {}

ObservedSummary ScalingRows::seen_of(const Summary& summary) const {
  std::vector<ObservedSummary> launches;
  for (const LaunchTime& one : summary.launches) {
    const auto at = static_cast<std::size_t>(one.launch);
    launches.push_back(observed_of(results_.launches[at].header, samples_[at]));
  }
  return medians_of(launches);
}

ScalingRow ScalingRows::alone(std::int64_t index) const {
  const Point& point = results_.points[static_cast<std::size_t>(index)];
  const Summary& summary = summaries_[static_cast<std::size_t>(index)];
  ScalingRow row;
  row.point = index;
  row.series = point.series;
  row.workers = point.placement.workers();
  row.timed = has_time(point, summary);
  row.state = point.state;
  row.clock = point.clock;
  row.busy = summary.busy;
  row.marks = marks_text(marks_of(point, summary));
  row.launches = static_cast<std::int64_t>(summary.launches.size());
  row.samples = summary.samples;
  row.allocations = static_cast<std::int64_t>(summary.allocations);
  row.times_s = summary.times_s();
  row.time_s = bracketed(summary.median_s, summary.interval_s);
  if (summary.interval_s) row.confidence = summary.interval_s->confidence;
  if (point.work.is_object()) row.unit = point.work.value("unit", "");
  row.seen = seen_of(summary);
  if (!row.timed) return row;
  const double amount = work_number(point, "amount");
  row.rate_per_s = {.value = amount / row.time_s.value,
                    .low = amount / row.time_s.high,
                    .high = amount / row.time_s.low};
  return row;
}

Ratio ScalingRows::speedup(const Baseline& base, const ScalingRow& row) const {
  if (base.point == row.point) return {.value = 1, .interval = {}};
  const Summary& point = summaries_[static_cast<std::size_t>(row.point)];
  if (base.point >= 0) {
    return measured_speedup(summaries_[static_cast<std::size_t>(base.point)], point, row.work);
  }
  return measured_speedup(Ratio{base.seconds.value, interval_of(base.seconds)}, point, row.work);
}

void ScalingRows::add_ceiling(ScalingRow& row) const {
  const Point& point = results_.points[static_cast<std::size_t>(row.point)];
  const std::int64_t found = ceilings_.for_point(point);
  if (found < 0) return;
  const double bytes_per_s = ceilings_.bytes_per_s(found).value;
  const double share = work_number(point, "compulsory_bytes") / row.time_s.value / bytes_per_s;
  if (!std::isfinite(share)) return;
  row.ceiling_point = found;
  row.ceiling_bytes_per_s = bytes_per_s;
  row.ceiling_share = share;
  const auto place = static_cast<std::size_t>(found);
  row.ceiling_marks = marks_text(marks_of(results_.points[place], summaries_[place]));
  if (share > suspicious_share) row.ceiling_doubt = ceilings_.doubt(point, found);
}

void ScalingRows::add_limit(ScalingRow& row) const {
  const auto limit = limits_.lowest(results_.points[static_cast<std::size_t>(row.point)]);
  if (!limit || !std::isfinite(limit->least_s)) return;
  row.limit = limit->name;
  row.limit_point = limit->point;
  row.limit_share = limit->least_s / row.time_s.value;
  const auto place = static_cast<std::size_t>(limit->point);
  row.limit_marks = marks_text(marks_of(results_.points[place], summaries_[place]));
}

ScalingRow ScalingRows::of(ScalingRow row, const Series& series, const Series::Member& member,
                           const std::optional<Baseline>& serial,
                           const std::optional<Baseline>& own) const {
  row.series = series.id;
  row.work = member.load.work;
  if (serial) row.serial = *serial;
  if (own) row.own = *own;
  if (!member.timed) return row;
  const auto workers = static_cast<double>(row.workers);
  if (serial) {
    const Ratio ratio = speedup(*serial, row);
    row.serial_speedup = bracketed(ratio.value, ratio.interval);
    row.serial_efficiency = divided(row.serial_speedup, workers);
  }
  if (own) {
    const Ratio ratio = speedup(*own, row);
    row.own_speedup = bracketed(ratio.value, ratio.interval);
    row.own_efficiency = divided(row.own_speedup, workers);
    const bool shown = own->point >= 0 && row.workers > 1;
    if (shown) row.karp_flatt = karp_flatt(row.own_speedup.value, workers);
  }
  if (is_memory_bound(results_.points[static_cast<std::size_t>(row.point)])) add_ceiling(row);
  add_limit(row);
  return row;
}

}  // namespace scalelaw::harness
