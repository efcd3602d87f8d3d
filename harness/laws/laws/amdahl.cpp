#include "harness/laws/efficiency.hpp"
#include "harness/laws/law.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {

/// Source: Amdahl, "Validity of the single processor approach ...", AFIPS 30 (1967).
const Law& amdahl() {
  static const Law law{
      .name = "amdahl",
      .title = "Amdahl",
      .formula = "T(p) = T1 (s + (1 - s)/p)",
      .place = 1,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"},
                     {.name = "serial_fraction", .symbol = "s", .upper = 1}},
      .applies = [](Scaling scaling, const Model&) { return scaling == Scaling::strong; },
      .basis =
          [](const Load& load) {
            return std::vector{1.0, 1 / load.workers};
          },
      .values =
          [](std::span<const double> t) {
            return std::vector{t[0] + t[1], ratio(t[0], t[0] + t[1])};
          },
      .of_two =
          [](double one_worker_s, double seconds, double workers) {
            const double speedup = measured_speedup(one_worker_s, seconds, 1);
            return std::vector{one_worker_s, karp_flatt(speedup, workers)};
          },
      .a_priori =
          [](double one_worker_s, double share, const Load& load) {
            return one_worker_s * (share + (1 - share) / load.workers);
          }};
  return law;
}

}  // namespace scalelaw::harness
