#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/phase.hpp"
#include "harness/results/results.hpp"
#include "harness/simulate/exchange_step.hpp"
#include "harness/simulate/shares.hpp"

namespace scalelaw::harness {

/// What the ranks of a pass compute and exchange, as a measured campaign tells it.
struct PassCosts {
  /// What a rank computed in each phase: seconds; in parallel phases, seconds for each operation of
  /// the thread that had most.
  using Rank = std::vector<double>;
  /// The ranks of one node in one measured sample: what they did to each other is kept.
  using Node = std::vector<Rank>;
  /// The samples of one launch.  Launches count alike, however many samples they have.
  using Samples = std::vector<Node>;

  std::vector<Phase> phases;           ///< in the order of time
  std::vector<Samples> root;           ///< of the root's node
  std::vector<Samples> others;         ///< of other nodes, with as many ranks
  Shares shares{};                     ///< of the simulated pass
  std::vector<ExchangeStep> exchange;  ///< in the order of time
  std::string source;                  ///< the measured point: its identity

  /// How long `rank`, one of `ranks`, computes in a phase, if it takes after `measured`.
  [[nodiscard]] double seconds(const Rank& measured, std::size_t phase, std::int64_t rank,
                               std::int64_t ranks) const {
    const double work =
        phases[phase].role == Role::parallel ? shares.operations_of(rank, ranks) : 1;
    return work * measured[phase];
  }
};

/// The costs of `point`, from `measured`.
///
/// Computing takes what it took in the measured point with as many ranks and threads on a node, in
/// proportion to the work of the busiest worker of a rank; of several such points, that on the
/// fewest nodes counts.  So whatever the workers of a node do to each other (memory bandwidth,
/// caches, clock rates) is as measured.  Serial phases take what they took there.  What a transfer
/// phase takes in a single rank is work of the root, in proportion to all the work.
/// Errors: throws Error when the campaign does not have what is needed, or the driver does not state
/// what its ranks exchange; it says what to measure.
PassCosts costs_of(const Point& point, const Results& measured);

}  // namespace scalelaw::harness
