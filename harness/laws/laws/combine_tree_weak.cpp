#include "harness/laws/exchange.hpp"
#include "harness/laws/law.hpp"

namespace scalelaw::harness {

/// combine_tree() on weak series.
const Law& combine_tree_weak() {
  static const Law law{
      .name = "combine_tree",
      .title = "tree of steps",
      .formula = "T(p) = T1 W(p)/(p W(1)) + d ceil(log2 ranks)",
      .place = 4,
      .parameters = {{.name = "one_worker_s", .symbol = "T1"}, {.name = "step_s", .symbol = "d"}},
      .applies = [](Scaling scaling,
                    const Model& model) { return scaling == Scaling::weak && only_ranks(model); },
      .basis =
          [](const Load& load) {
            return std::vector{load.work / load.workers, tree_steps(load.ranks)};
          },
      .values =
          [](std::span<const double> t) {
            return std::vector{t[0], t[1]};
          }};
  return law;
}

}  // namespace scalelaw::harness
