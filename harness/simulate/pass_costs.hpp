#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/phase.hpp"
#include "harness/results/results.hpp"
#include "harness/simulate/exchange_step.hpp"

namespace scalelaw::harness {

/// What the ranks of a pass compute and exchange, as a measured campaign tells it.
struct PassCosts {
  /// What a rank computed in each phase, in seconds, for the share of work of a simulated rank.
  using Rank = std::vector<double>;
  /// The ranks of one node in one measured sample: what they did to each other is kept.
  using Node = std::vector<Rank>;

  std::vector<Phase> phases;  ///< in the order of time
  std::vector<Node> root,
      others;  ///< of the root's node, and of other nodes; as many ranks in each
  std::vector<ExchangeStep> exchange;  ///< in the order of time
  std::string source;                  ///< the measured point: its identity
};

/// The costs of `point`, from `measured`.
///
/// Computing takes what it took in the measured point with as many ranks and threads on a node, in
/// proportion to the work of a worker; of several such points, that on the fewest nodes counts.  So
/// whatever the workers of a node do to each other (memory bandwidth, caches, clock rates) is as
/// measured.  Serial phases take what they took there.  What a transfer phase takes in a single rank
/// is work of the root, in proportion to all the work.
/// Errors: throws Error when the campaign does not have what is needed, or the driver does not state
/// what its ranks exchange; it says what to measure.
PassCosts costs_of(const Point& point, const Results& measured);

}  // namespace scalelaw::harness
