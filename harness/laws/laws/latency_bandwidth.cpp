#include <algorithm>
#include <cmath>

#include "harness/laws/exchange.hpp"
#include "harness/laws/law.hpp"

namespace scalelaw::harness {
namespace {

/// The p that minimises T1 (1 - s)/p + a log2(p/t) - D t/(p B), with t threads in each rank.
double least_time(const Curve& curve) {
  if (curve.exchange == nullptr || !(curve.exchange->latency_s > 0)) {
    return std::numeric_limits<double>::infinity();
  }
  const Exchange& e = *curve.exchange;
  const double dealt_s = e.bytes > 0 ? curve.exchange_scale * e.bytes / e.bandwidth_bytes_per_s : 0;
  const double divided_s = curve.theta[1] - dealt_s * curve.threads_per_rank;
  return std::max(1.0, divided_s * std::log(2.0) / (curve.exchange_scale * e.latency_s));
}

}  // namespace

/// Amdahl's law, plus a tree of steps with latency L, plus D bytes distributed at bandwidth B.  L
/// and B are measured (Exchange); T1 and s are fitted.
/// Source: Hockney, "The communication challenge for MPP", Parallel Computing 20 (1994), for a
///         message; Thakur, Rabenseifner & Gropp, IJHPCA 19 (2005), section 4, for the tree.
const Law& latency_bandwidth() {
  static const Law law{
      .name = "latency_bandwidth",
      .title = "latency/bandwidth",
      .formula = "T(p) = T1 (s + (1 - s)/p) + L ceil(log2 ranks) + D (1 - 1/ranks)/B",
      .place = 3,
      .exchanges = true,
      .parameters = amdahl().parameters,
      .applies = [](Scaling scaling,
                    const Model& model) { return scaling == Scaling::strong && model.ranked; },
      .basis = amdahl().basis,
      .values = amdahl().values,
      .a_priori = amdahl().a_priori,
      .peak = least_time};
  return law;
}

}  // namespace scalelaw::harness
