#include <algorithm>
#include <cmath>

#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// T(p) = T1 (1 + a (p - 1) + b p (p - 1))/p: contention a, coherency b.
/// Source: Gunther, Guerrilla Capacity Planning (2007), chapter 4.
const Law& universal_scalability() {
  static const Law law{
      .name = "usl",
      .title = "USL",
      .formula = "S(p) = p / (1 + a (p - 1) + b p (p - 1))",
      .place = 2,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"},
                     {.name = "contention", .symbol = "a"},
                     {.name = "coherency", .symbol = "b"}},
      .applies = [](Scaling scaling, const Model&) { return scaling == Scaling::strong; },
      .basis =
          [](const Load& load) {
            const double p = load.workers;
            return std::vector{1 / p, (p - 1) / p, p - 1};
          },
      .values =
          [](std::span<const double> t) {
            return std::vector{t[0], ratio(t[1], t[0]), ratio(t[2], t[0])};
          },
      .peak = [](const Curve& curve) {  // of T1 (1 - a)/p + T1 b p
        const auto t = curve.theta;
        if (!(t[2] > 0)) return std::numeric_limits<double>::infinity();
        return std::sqrt(std::max(1.0, (t[0] - t[1]) / t[2]));
      }};
  return law;
}

}  // namespace scalelaw::harness
