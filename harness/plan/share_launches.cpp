#include "harness/plan/share_launches.hpp"

#include <map>
#include <string>

#include "common/json_text.hpp"

namespace scalelaw::harness {
namespace {

/// All that distinguishes the launches of one point from those of another in one campaign.
std::string start_of(const Point& point) {
  const Placement& at = point.placement;
  nlohmann::json words{point.implementation, point.model.name,
                       point.kernel,         point.params,
                       point.options,        {at.nodes, at.ranks_per_node, at.threads},
                       point.oversubscribed, to_string(point.clock)};
  if (point.clock == TimeSource::pretended && at.workers() > 1) {
    words.push_back(to_string(point.scaling));
  }
  return serialize(words);
}

}  // namespace

void share_launches(std::vector<Point>& points) {
  std::map<std::string, std::int64_t> first;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].shares = -1;
    if (points[i].state == State::skipped) continue;
    const auto number = static_cast<std::int64_t>(i);
    const auto [entry, is_new] = first.try_emplace(start_of(points[i]), number);
    if (!is_new) points[i].shares = entry->second;
  }
}

}  // namespace scalelaw::harness
