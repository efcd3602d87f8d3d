#include "harness/results/baseline_points.hpp"

#include <algorithm>

#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

std::string work_key(const Point& point) {
  return point.kernel + '\n' + point.task() + '\n' + serialize(point.params);
}

/// Our own serial program, or one worker of a driver of the config, which has no serial version
/// beside it.
bool is_serial(const Point& point) {
  if (point.implementation == own_implementation) return !point.model.is_parallel();
  return !point.model.device && point.placement.workers() == 1;
}

bool is_of_the_same_study(const Point& a, const Point& b) {
  return a.experiment == b.experiment && a.scaling == b.scaling;
}

}  // namespace

BaselinePoints::BaselinePoints(const std::vector<Point>& points) : points_(points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    of_work_[work_key(points[i])].push_back(number);
    if (points[i].placement.workers() == 1) one_workers_.try_emplace(points[i].series, number);
  }
}

const Point& BaselinePoints::at(std::int64_t point) const {
  return points_[static_cast<std::size_t>(point)];
}

const std::vector<std::int64_t>& BaselinePoints::same_work(const Point& like) const {
  return of_work_.at(work_key(like));
}

std::optional<std::int64_t> BaselinePoints::one_worker(std::int64_t series) const {
  const auto found = one_workers_.find(series);
  return found == one_workers_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::int64_t> BaselinePoints::serial_of(
    const Point& point, const std::function<bool(std::int64_t)>& is_usable) const {
  const std::optional<std::int64_t> one = one_worker(point.series);
  if (!one && point.scaling == Scaling::weak) return {};
  const Point& like = one ? at(*one) : point;
  std::vector<std::int64_t> all;
  for (const std::int64_t other : same_work(like)) {
    const Point& p = at(other);
    if (!are_comparable(p.clock, like.clock)) continue;
    if (p.is_ours() && is_serial(p) && is_usable(other)) all.push_back(other);
  }
  const auto is_elsewhere = [&](std::int64_t other) {
    return !is_of_the_same_study(at(other), like);
  };
  if (!std::ranges::all_of(all, is_elsewhere)) std::erase_if(all, is_elsewhere);
  return all;
}

}  // namespace scalelaw::harness
