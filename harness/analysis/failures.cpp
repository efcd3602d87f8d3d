#include "harness/analysis/failures.hpp"

#include "harness/results/shared_launches.hpp"

namespace scalelaw::harness {
std::vector<PointFailures> failures_of(const Results& results) {
  std::vector<PointFailures> all(results.points.size());
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    const Launch& launch = results.launches[i];
    if (launch.superseded) continue;
    PointFailures& of = all[static_cast<std::size_t>(launch.point)];
    if (launch.state == State::ok) {
      ++of.good;
    } else {
      of.launches.push_back(static_cast<std::int64_t>(i));
    }
  }
  give_sharers(results.points, all);
  std::vector<PointFailures> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const State state = results.points[i].state;
    all[i].point = static_cast<std::int64_t>(i);
    if (is_failure(state) || state == State::pending || !all[i].launches.empty()) {
      out.push_back(std::move(all[i]));
    }
  }
  return out;
}

}  // namespace scalelaw::harness
