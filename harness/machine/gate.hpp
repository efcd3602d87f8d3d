#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/config/campaign.hpp"
#include "harness/machine/cores.hpp"

namespace scalelaw::harness {

/// What one spin loop did in its time.
struct SpinResult {
  double wall_s = 0;
  double cpu_s = 0;             ///< processor time that the loop's thread was given
  double steps = 0;             ///< work done
  double best_steps_per_s = 0;  ///< over its fastest slice of about a millisecond
};

/// Runs one private spin loop on each core of `cores` at the same time, each bound to its core, for
/// `seconds`, and returns what each did.
using Spin = std::function<std::vector<SpinResult>(const std::vector<Core>& cores, double seconds)>;

/// The real Spin: threads.  A loop steps through a linear congruential chain in a register, so that
/// neither memory nor another loop holds it up.  A core that it may not be bound to is shared as
/// the system sees fit, and shows as such.
std::vector<SpinResult> spin_threads(const std::vector<Core>& cores, double seconds);

/// What the capacity gate found.
struct GateReading {
  double free_cores = 0;   ///< cores that were really free, of those asked about
  double cpu_share = 0;    ///< processor time / wall time of the spin loops, mean over loops
  double work_share = 0;   ///< work per loop, relative to one loop alone and undisturbed
  std::int64_t loops = 0;  ///< how many spin loops ran: workers, at most the cores allowed
  bool busy = false;       ///< less than the wanted share of the loops' cores was free
};

/// Asks whether `workers` cores are free right now.
using GateProbe = std::function<GateReading(std::int64_t workers)>;

/// Reads spin loops.  Processor time says what the system gave; the work done says what it was
/// worth: a busy SMT sibling, or a hypervisor that lends one core twice, leaves the time whole and
/// takes the work.  Clocks slow down as more cores work, so that the work counts only where it
/// falls below `clock_allowance` of the processor time.
GateReading read_spins(const std::vector<SpinResult>& spins, double alone_steps_per_s,
                       double free_share);

constexpr double clock_allowance = 0.7;

/// The gate of this machine: as many spin loops as workers (at most one per allowed core, and no
/// more than the control group's quota), each gate.spin_s long, after one loop alone.  A busy
/// reading is taken again after a pause, up to `retries` times, so that a passing disturbance does
/// not spoil a block.  It sees this node alone.
GateProbe make_gate(const CapacityGate& gate, const Cores& cores, const Spin& spin = spin_threads,
                    std::int64_t retries = 2, double pause_s = 0.5);

}  // namespace scalelaw::harness
