#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// latency_bandwidth() on weak series.
const Law& latency_bandwidth_weak() {
  static const Law law{
      .name = "latency_bandwidth",
      .title = "latency/bandwidth",
      .formula = "T(p) = T1 W(p)/(p W(1)) + L ceil(log2 ranks) + D(p) (1 - 1/ranks)/B",
      .place = 3,
      .exchanges = true,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"}},
      .applies = [](Scaling scaling,
                    const Model& model) { return scaling == Scaling::weak && model.ranked; },
      .basis = [](const Load& load) { return std::vector{load.work / load.workers}; },
      .values = [](std::span<const double> t) { return std::vector{t[0]}; },
      .a_priori = gustafson().a_priori};
  return law;
}

}  // namespace scalelaw::harness
