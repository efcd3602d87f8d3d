#include "harness/plan/preview.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace scalelaw::harness {
namespace {

bool can_serve(const Point& point) {
  return point.state == State::pending && point.is_ours() && !point.oversubscribed;
}

/// The experiment and the kind of scaling of each kernel's first point that can serve.
using Firsts = std::map<std::string, const Point*>;

Firsts first_points(const std::vector<Point>& points, bool in_one_process) {
  Firsts first;
  for (const Point& point : points) {
    if (can_serve(point) && !(in_one_process && point.model.ranked)) {
      first.try_emplace(point.kernel, &point);
    }
  }
  return first;
}

/// The points with the fewest and with the most workers; of equal ones, the first.
std::set<const Point*> ends_of(const std::vector<const Point*>& candidates) {
  const auto fewer = [](const Point* a, const Point* b) {
    return a->placement.workers() < b->placement.workers();
  };
  return {*std::min_element(candidates.begin(), candidates.end(), fewer),
          *std::max_element(candidates.begin(), candidates.end(), fewer)};
}

std::vector<const Point*> like(const std::vector<Point>& points, const Point& first) {
  std::vector<const Point*> out;
  for (const Point& point : points) {
    if (can_serve(point) && point.kernel == first.kernel && point.experiment == first.experiment &&
        point.scaling == first.scaling && point.model.ranked == first.model.ranked) {
      out.push_back(&point);
    }
  }
  return out;
}

}  // namespace

std::vector<Point> preview_of(const std::vector<Point>& points) {
  Firsts first = first_points(points, true);
  first.merge(first_points(points, false));
  std::set<const Point*> chosen;
  for (const auto& [kernel, point] : first) chosen.merge(ends_of(like(points, *point)));
  std::vector<Point> out;
  for (const Point& point : points) {
    if (chosen.contains(&point)) out.push_back(point);
  }
  return out;
}

}  // namespace scalelaw::harness
