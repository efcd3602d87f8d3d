#pragma once

#include <array>
#include <limits>
#include <string_view>

namespace scalelaw {

/// What the system and the processor told of a span of time: of the threads of one process, or of
/// the programs that it started.  NaN: unknown.
struct Observed {
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

  double steal_s = unknown;   ///< taken from its processors by the host of a virtual machine
  double queued_s = unknown;  ///< that its threads were ready to run and had no processor
  double involuntary_switches = unknown;  ///< how often a thread was made to leave its processor
  double major_faults = unknown;          ///< pages that were read from a disk
  double cycles = unknown;
  double instructions = unknown;
  double counted_s = unknown;  ///< processor time in which these two were counted
  double energy_j = unknown;   ///< of the processors and the memory of its machine
};

/// A quantity, as records and results files name it.
struct ObservedQuantity {
  std::string_view name;
  double Observed::*member;
};

inline constexpr std::array<ObservedQuantity, 8> observed_quantities{
    {{"steal_s", &Observed::steal_s},
     {"queued_s", &Observed::queued_s},
     {"involuntary_switches", &Observed::involuntary_switches},
     {"major_faults", &Observed::major_faults},
     {"cycles", &Observed::cycles},
     {"instructions", &Observed::instructions},
     {"counted_s", &Observed::counted_s},
     {"energy_j", &Observed::energy_j}}};

/// What came to `begin` until `end`: both count from one instant.  A count that went back, as that
/// of steal may when a virtual machine moves to another host, tells nothing.
inline Observed difference(const Observed& end, const Observed& begin) {
  Observed out;
  for (const auto& [name, member] : observed_quantities) {
    const double came = end.*member - begin.*member;
    if (came >= 0) out.*member = came;  // nor for NaN
  }
  return out;
}

}  // namespace scalelaw
