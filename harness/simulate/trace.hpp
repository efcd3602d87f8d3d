#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/simulate/pass_costs.hpp"

namespace scalelaw::harness {

/// The speed of the simulated hosts: so a second is 1e9 operations of the trace.
inline constexpr double flops_per_s = 1e9;

/// An action that the log of a replay lists.
struct LoggedAction {
  static constexpr int no_phase = -1;  ///< the barrier before a pass

  std::int32_t pass = 0;
  std::int32_t phase = no_phase;
};

/// What one rank does in a replay, for SimGrid's `smpirun -replay`.
struct Trace {
  std::string text;
  std::vector<LoggedAction> logged;  ///< in order

  [[nodiscard]] std::size_t bytes() const {
    return text.capacity() + logged.capacity() * sizeof(LoggedAction);
  }
};

/// Chooses which measured sample the simulated nodes take after.  It is the same for the same seed,
/// launch, pass and node, however many nodes there are.
struct Draws {
  std::uint64_t seed = 0;
  [[nodiscard]] std::size_t of(std::int64_t node, std::int64_t pass, std::size_t count) const;
};

/// The trace of `rank`, one of `ranks` that fill nodes one after the other, for `passes` passes.  Several passes are kept
/// apart by barriers, as drivers do; a single one begins on all ranks at once.
/// `slower`: how many times slower the replay's machine is (slow_motion()).
/// The format: https://simgrid.org/doc/3.32/Tutorial_MPI_Applications.html, section on replay, and
/// the table of actions in SimGrid's src/smpi/internals/smpi_replay.cpp.
Trace trace_of(const PassCosts& costs, std::int64_t rank, std::int64_t ranks, std::int64_t passes,
               const Draws& draws, double slower = 1);

}  // namespace scalelaw::harness
