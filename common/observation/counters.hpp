#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

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
  /// How far an event was counted: events may have to take turns on the processor.
  struct Count {
    std::uint64_t events = 0;
    std::uint64_t enabled_ns = 0;  ///< while the thread ran
    std::uint64_t running_ns = 0;  ///< while it was counted, too
  };
  struct Reading {
    std::optional<Count> cycles, instructions;  ///< nothing: it could not be read
  };
  /// What came between two readings.
  struct Difference {
    double cycles = 0, instructions = 0;  ///< as if they had been counted all the time
    double counted_s = 0;                 ///< while the thread ran
  };

  /// Counts one thread of this process from now on.  In user mode alone where the system allows no
  /// more.
  /// Errors: throws Error, saying why the machine does not allow it.
  static Counters of_thread(pid_t thread, const CounterEvents& events = hardware_events);

  /// Counts the programs that this thread starts from now on, and all that they start.
  /// Errors: likewise.
  static Counters of_programs(const CounterEvents& events = hardware_events);

  /// So far.
  [[nodiscard]] Reading read() const;

  /// What came from `begin` to `end`.  NaN: unknown, as where the processor did not count then,
  /// because others had all its counters.
  static Difference between(const Reading& begin, const Reading& end);

  /// Whether what the kernel does for them is left out.
  [[nodiscard]] bool in_user_mode() const { return in_user_mode_; }

 private:
  Counters() = default;
  Descriptor cycles_, instructions_;
  bool in_user_mode_ = false;
};

}  // namespace scalelaw
