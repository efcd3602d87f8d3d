#include "harness/laws/reach.hpp"

#include <cmath>
#include <limits>

namespace scalelaw::harness {
namespace {

constexpr double most_workers = 1e9;
constexpr double never = std::numeric_limits<double>::infinity();

double threads_per_rank(const Series& series) {
  const Load& last = series.members.back().load;
  return last.workers / last.ranks;
}

double half_efficient(const Law& law, const Eigen::VectorXd& theta, const Series& series,
                      double exchange_scale) {
  const double one_s = seconds(law, theta, load_of(series, 1));
  const auto efficient = [&](double p) {
    Load load = load_of(series, p);
    load.exchange_s *= exchange_scale;
    return load.work * one_s / seconds(law, theta, load) / p >= 0.5;
  };
  if (efficient(most_workers)) return never;
  double low = 0, high = std::log(most_workers);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (efficient(std::exp(middle)) ? low : high) = middle;
  }
  return std::exp(low);
}

/// Where d/dp of the law's terms is zero, the steps of a tree taken as log2 r without rounding.
double turning_point(const Law& law, const Eigen::VectorXd& theta, const Series& series,
                     double exchange_scale) {
  if (&law == &universal_scalability() && theta(2) > 0) {  // T1 (1 - a)/p + T1 b p
    return std::sqrt(std::max(1.0, (theta(0) - theta(1)) / theta(2)));
  }
  if (&law == &combine_tree() && theta(2) > 0) {  // T1 (1 - s)/p + d log2 p
    return std::max(1.0, theta(1) * std::log(2.0) / theta(2));
  }
  if (&law == &latency_bandwidth() && series.exchange && series.exchange->latency_s > 0) {
    // T1 (1 - s)/p + a log2(p/t) - D t/(p B), with t threads in each rank
    const Exchange& e = *series.exchange;
    const double dealt_s = e.bytes > 0 ? exchange_scale * e.bytes / e.bandwidth_bytes_per_s : 0;
    const double divided_s = theta(1) - dealt_s * threads_per_rank(series);
    return std::max(1.0, divided_s * std::log(2.0) / (exchange_scale * e.latency_s));
  }
  return never;
}

}  // namespace

Load load_of(const Series& series, double workers) {
  Load load{workers, std::max(1.0, workers / threads_per_rank(series)),
            series.first->scaling == Scaling::weak ? workers : 1};
  if (series.exchange) load.exchange_s = series.exchange->seconds(load.ranks, load.work);
  return load;
}

Estimate peak_workers(const LawFit& fit, const Series& series) {
  return fit.derived("peak_workers", [&](const Eigen::VectorXd& theta, double scale) {
    return turning_point(fit.law(), theta, series, scale);
  });
}

Estimate half_efficiency_workers(const LawFit& fit, const Series& series) {
  return fit.derived("half_efficiency_workers", [&](const Eigen::VectorXd& theta, double scale) {
    return half_efficient(fit.law(), theta, series, scale);
  });
}

}  // namespace scalelaw::harness
