#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// Times of one placement over sizes: n is Load::work.  fixed/per_work is the size at which half of
/// the time is overhead.  It applies to no series; `scalelaw advise` fits it.
/// Source: Hockney & Jesshope, Parallel Computers 2 (1988), section 1.3: (r_inf, n_1/2).
const Law& fixed_and_per_work() {
  static const Law law{.name = "fixed_and_per_work",
                       .title = "fixed + per work",
                       .formula = "T(n) = fixed + per_work n",
                       .varies = "sizes",
                       .parameters = {{.name = "fixed_s", .symbol = "fixed"},
                                      {.name = "per_work_s", .symbol = "per_work"}},
                       .applies = [](Scaling, const Model&) { return false; },
                       .basis =
                           [](const Load& load) {
                             return std::vector{1.0, load.work};
                           },
                       .values =
                           [](std::span<const double> t) {
                             return std::vector{t[0], t[1]};
                           }};
  return law;
}

}  // namespace scalelaw::harness
