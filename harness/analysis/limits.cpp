#include "harness/analysis/limits.hpp"

#include <cmath>

#include "harness/analysis/marks.hpp"
#include "harness/analysis/scaling.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {

std::string rate_of(const Point& point) {
  return point.params.value("rate", "");
}

std::string limit_doubt(const ScalingRow& row) {
  const bool of_a_rate = !row.limit.empty() && row.limit != ceiling_read;
  if (!of_a_rate || !(row.limit_share > suspicious_share)) return {};
  return "it does fewer operations than its work model says, or the measured rate is too low";
}

Limits::Limits(const Results& results, const std::vector<Summary>& summaries,
               const ReadCeilings& ceilings)
    : results_(results), summaries_(summaries), ceilings_(ceilings) {
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (point.kernel != ceiling_rate || !point.is_ours()) continue;
    if (has_time(point, summaries[i])) timed_rates_.push_back(static_cast<std::int64_t>(i));
  }
}

std::int64_t Limits::rate_for(const Point& point, const std::string& rate) const {
  if (point.clock != TimeSource::measured) return -1;
  std::int64_t fastest = -1;
  for (const std::int64_t index : timed_rates_) {
    const Point& other = results_.point(index);
    if (other.model != point.model || other.placement != point.placement) continue;
    if (other.clock != point.clock || rate_of(other) != rate) continue;
    if (fastest < 0 || per_s(index).value > per_s(fastest).value) fastest = index;
  }
  return fastest;
}

Estimate Limits::per_s(std::int64_t point) const {
  const Summary& summary = summaries_[static_cast<std::size_t>(point)];
  const double amount = results_.point(point).work.value("amount", std::nan(""));
  Estimate estimate{"per_s", amount / summary.median_s, std::nullopt};
  if (const auto& interval = summary.interval_s) {
    estimate.interval =
        Interval{amount / interval->high, amount / interval->low, interval->confidence};
  }
  return estimate;
}

std::optional<Limit> Limits::memory(const Point& point) const {
  if (!is_memory_bound(point)) return std::nullopt;
  const std::int64_t found = ceilings_.for_point(point);
  if (found < 0) return std::nullopt;
  const double bytes = point.work.value("compulsory_bytes", std::nan(""));
  return Limit{
      .name = ceiling_read, .point = found, .least_s = bytes / ceilings_.bytes_per_s(found).value};
}

std::optional<Limit> Limits::lowest(const Point& point) const {
  std::optional<Limit> lowest = memory(point);
  if (!point.work.is_object() || !point.work.contains("demands")) return lowest;
  for (const auto& [rate, amount] : point.work["demands"].items()) {
    const double operations = amount.get<double>();
    const std::int64_t found = rate_for(point, rate);
    if (found < 0 || !(operations > 0)) continue;
    const Limit limit{.name = rate, .point = found, .least_s = operations / per_s(found).value};
    if (!lowest || !(lowest->least_s >= limit.least_s)) lowest = limit;
  }
  return lowest;
}

}  // namespace scalelaw::harness
