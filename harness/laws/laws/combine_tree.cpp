#include <algorithm>
#include <cmath>

#include "harness/laws/exchange.hpp"
#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// A tree of steps that take d each.  d is fitted, and includes both the message and merging its
/// contents.
/// Source: that of latency_bandwidth().
const Law& combine_tree() {
  static const Law law{
      .name = "combine_tree",
      .title = "tree of steps",
      .formula = "T(p) = T1 (s + (1 - s)/p) + d ceil(log2 ranks)",
      .place = 4,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"},
                     {.name = "serial_fraction", .symbol = "s", .upper = 1},
                     {.name = "step_s", .symbol = "d"}},
      .applies = [](Scaling scaling,
                    const Model& model) { return scaling == Scaling::strong && only_ranks(model); },
      .basis =
          [](const Load& load) {
            return std::vector{1.0, 1 / load.workers, tree_steps(load.ranks)};
          },
      .values =
          [](std::span<const double> t) {
            return std::vector{t[0] + t[1], ratio(t[0], t[0] + t[1]), t[2]};
          },
      .peak = [](const Curve& curve) {  // of T1 (1 - s)/p + d log2 p
        const auto t = curve.theta;
        if (!(t[2] > 0)) return std::numeric_limits<double>::infinity();
        return std::max(1.0, t[1] * std::log(2.0) / t[2]);
      }};
  return law;
}

}  // namespace scalelaw::harness
