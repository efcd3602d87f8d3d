#pragma once

#include <sys/types.h>

#include <cstdint>

#include "common/observation/descriptor.hpp"

namespace scalelaw {

/// Two events as Linux names them (linux/perf_event.h): a type, and two of its numbers.
struct CounterEvents {
  std::uint32_t type;
  std::uint64_t cycles, instructions;
};
/// Those of the processor.
extern const CounterEvents hardware_events;

/// The processor's counters of cycles and instructions.
class Counters {
 public:
  struct Reading {
    double cycles = 0, instructions = 0;
    double counted_s = 0;  ///< while the thread ran and was counted
  };

  /// Counts one thread of this process from now on.  In user mode alone where the system allows no
  /// more.
  /// Errors: throws Error, saying why the machine does not allow it.
  static Counters of_thread(pid_t thread, const CounterEvents& events = hardware_events);

  /// Counts the programs that this thread starts from now on, and all that they start.
  /// Errors: likewise.
  static Counters of_programs(const CounterEvents& events = hardware_events);

  /// So far; NaN when the processor did not count: others had all its counters.
  [[nodiscard]] Reading read() const;

  /// Whether what the kernel does for them is left out.
  [[nodiscard]] bool in_user_mode() const { return in_user_mode_; }

 private:
  Counters() = default;
  Descriptor cycles_, instructions_;
  bool in_user_mode_ = false;
};

}  // namespace scalelaw
