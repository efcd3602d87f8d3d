#include "harness/analysis/read_ceilings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "common/quantity.hpp"
#include "harness/analysis/marks.hpp"
#include "harness/laws/series.hpp"
#include "harness/results/ceiling.hpp"

namespace scalelaw::harness {

ReadCeilings::ReadCeilings(const Results& results, const std::vector<Summary>& summaries)
    : results_(results), summaries_(summaries) {
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (point.kernel != ceiling_read || !point.is_ours()) continue;
    if (has_time(point, summaries[i])) timed_.push_back(static_cast<std::int64_t>(i));
  }
}

std::int64_t ReadCeilings::for_point(const Point& point) const {
  constexpr double rounding = 1e-9;
  std::int64_t nearest = -1;
  double least = std::log(ceiling_reach) + 2 * rounding;
  for (const std::int64_t ceiling : timed_) {
    const Point& other = at(ceiling);
    if (other.model != point.model || other.placement != point.placement) continue;
    if (!are_comparable(other.clock, point.clock)) continue;
    const double apart = std::abs(std::log(working_set_bytes(other) / working_set_bytes(point)));
    const bool nearer = apart < least - rounding, as_near = apart <= least + rounding;
    if (!nearer && !(nearest >= 0 && as_near && reads_more(ceiling, nearest))) continue;
    nearest = ceiling;
    least = apart;
  }
  return nearest;
}

double ReadCeilings::read_bytes(std::int64_t ceiling) const {
  const Point& point = at(ceiling);
  const auto times = static_cast<double>(point.params.value("times", std::int64_t{1}));
  return times * point.work.value("compulsory_bytes", std::nan(""));
}

bool ReadCeilings::reads_more(std::int64_t one, std::int64_t other) const {
  const double bytes = read_bytes(one), others = read_bytes(other);
  if (bytes != others) return bytes > others;
  return bytes_per_s(one).value > bytes_per_s(other).value;
}

Estimate ReadCeilings::bytes_per_s(std::int64_t ceiling) const {
  const Summary& summary = summaries_[static_cast<std::size_t>(ceiling)];
  const double bytes = read_bytes(ceiling);
  Estimate estimate{"read_bytes_per_s", bytes / summary.median_s, std::nullopt};
  if (const auto& interval = summary.interval_s) {
    estimate.interval =
        Interval{bytes / interval->high, bytes / interval->low, interval->confidence};
  }
  return estimate;
}

std::string ReadCeilings::doubt(const Point& point, std::int64_t ceiling) const {
  const Point& other = at(ceiling);
  const double here = working_set_bytes(point), there = working_set_bytes(other);
  if (std::abs(std::log(there / here)) > std::log(1.1)) {
    return fmt::format("the ceiling was measured over {}, and this point works on {}",
                       format_bytes(there), format_bytes(here));
  }
  const auto marks = marks_of(other, summaries_[static_cast<std::size_t>(ceiling)]);
  if (!marks.empty()) return "the ceiling itself is " + marks_text(marks);
  return "it reads fewer bytes than its work model says, or the measured ceiling is too low";
}

}  // namespace scalelaw::harness
