#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// S(p) is the scaled speedup: (W(p)/W(1)) T(1)/T(p).
/// Source: Gustafson, "Reevaluating Amdahl's law", CACM 31 (1988).
const Law& gustafson() {
  static const Law law{
      .name = "gustafson",
      .title = "Gustafson",
      .formula = "S(p) = p - s (p - 1)",
      .place = 1,
      .of_rate = true,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"},
                     {.name = "serial_fraction", .symbol = "s", .upper = 1}},
      .applies = [](Scaling scaling, const Model&) { return scaling == Scaling::weak; },
      .basis =
          [](const Load& load) {
            return std::vector{1.0, load.workers};
          },
      .values =
          [](std::span<const double> t) {
            return std::vector{1 / (t[0] + t[1]), ratio(t[0], t[0] + t[1])};
          },
      .a_priori =
          [](double one_worker_s, double share, const Load& load) {
            const double p = load.workers;
            return one_worker_s * load.work / (p - share * (p - 1));
          }};
  return law;
}

}  // namespace scalelaw::harness
