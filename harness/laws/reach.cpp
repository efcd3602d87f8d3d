#include "harness/laws/reach.hpp"

#include <cmath>
#include <limits>

namespace scalelaw {
namespace {

constexpr double most_workers = 1e9;
constexpr double never = std::numeric_limits<double>::infinity();

double efficiency(const Law& law, const Eigen::VectorXd& theta, Scaling scaling, double p) {
  const Load load{p, p, scaling == Scaling::weak ? p : 1};
  return load.work * seconds(law, theta, {}) / seconds(law, theta, load) / p;
}

double half_efficient(const Law& law, const Eigen::VectorXd& theta, Scaling scaling) {
  if (efficiency(law, theta, scaling, most_workers) >= 0.5) return never;
  double low = 0, high = std::log(most_workers);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (efficiency(law, theta, scaling, std::exp(middle)) >= 0.5 ? low : high) = middle;
  }
  return std::exp(low);
}

}  // namespace

Estimate peak_workers(const LawFit& fit) {
  const Law* law = &fit.law();
  return fit.derived("peak_workers", [law](const Eigen::VectorXd& theta) {
    // d/dp of the laws' terms: USL T1(1 - a)/p + T1 b p, tree T1(1 - s)/p + d log2 p.
    if (law == &universal_scalability() && theta(2) > 0) {
      return std::sqrt(std::max(1.0, (theta(0) - theta(1)) / theta(2)));
    }
    if (law == &latency_bandwidth() && theta(2) > 0) {
      return std::max(1.0, theta(1) * std::log(2.0) / theta(2));
    }
    return never;
  });
}

Estimate half_efficiency_workers(const LawFit& fit, Scaling scaling) {
  const Law* law = &fit.law();
  return fit.derived("half_efficiency_workers", [law, scaling](const Eigen::VectorXd& theta) {
    return half_efficient(*law, theta, scaling);
  });
}

}  // namespace scalelaw
