#include "common/observation/counters.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "common/error.hpp"
#include "common/observed.hpp"

namespace scalelaw {

const CounterEvents hardware_events{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES,
                                    PERF_COUNT_HW_INSTRUCTIONS};

namespace {

/// What is counted of what.
struct Scope {
  pid_t thread = 0;       ///< 0: this one
  bool programs = false;  ///< not it, but what it starts
  bool user_mode = false;
};

int open_event(std::uint32_t type, std::uint64_t event, const Scope& scope) {
  perf_event_attr wanted{};
  wanted.size = sizeof wanted;
  wanted.type = type;
  wanted.config = event;
  wanted.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  wanted.exclude_kernel = scope.user_mode ? 1 : 0;
  wanted.exclude_hv = 1;
  // A program inherits the disabled counter, and its start enables it.
  wanted.inherit = wanted.disabled = wanted.enable_on_exec = scope.programs ? 1 : 0;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &wanted, scope.thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

std::string first_line(const char* path) {
  std::string line;
  std::getline(std::ifstream(path) >> std::ws, line);
  return line.empty() ? "unknown" : line;
}

[[noreturn]] void refuse(int reason) {
  if (reason == EACCES || reason == EPERM) {
    throw Error(fmt::format("the system does not allow it (perf_event_paranoid is {})",
                            first_line("/proc/sys/kernel/perf_event_paranoid")),
                "sysctl kernel.perf_event_paranoid=2; in a container, also allow perf_event_open");
  }
  if (reason == ENOENT || reason == ENODEV || reason == EOPNOTSUPP) {
    throw Error("the processor shows no counters",
                "a virtual machine often hides them: ask whoever runs the host, or measure there");
  }
  throw Error(fmt::format("perf_event_open: {}", std::strerror(reason)),
              "cycles and the clock rate stay unknown");
}

std::optional<Counters::Count> count_of(const Descriptor& event) {
  std::array<std::uint64_t, 3> values{};
  const ssize_t bytes = ::read(event.get(), values.data(), sizeof values);
  if (bytes != sizeof values) return std::nullopt;
  return Counters::Count{.events = values[0], .enabled_ns = values[1], .running_ns = values[2]};
}

/// What came between two counts, as if it had been counted all the time.  Of the span alone: how
/// large a part of it was counted differs from span to span.
double events_between(const std::optional<Counters::Count>& begin,
                      const std::optional<Counters::Count>& end) {
  if (!begin || !end) return Observed::unknown;
  const auto enabled = static_cast<double>(end->enabled_ns - begin->enabled_ns);
  const auto running = static_cast<double>(end->running_ns - begin->running_ns);
  if (running == 0) return enabled == 0 ? 0 : Observed::unknown;
  return static_cast<double>(end->events - begin->events) * (enabled / running);
}

/// Opens both events; first with the kernel's part, then without.
void open_both(const CounterEvents& events, Scope scope, Descriptor& cycles,
               Descriptor& instructions, bool& in_user_mode) {
  for (const bool user_mode : {false, true}) {
    scope.user_mode = user_mode;
    cycles = Descriptor(open_event(events.type, events.cycles, scope));
    if (cycles.get() < 0 && !user_mode && (errno == EACCES || errno == EPERM)) continue;
    if (cycles.get() < 0) refuse(errno);
    instructions = Descriptor(open_event(events.type, events.instructions, scope));
    if (instructions.get() < 0) refuse(errno);
    in_user_mode = user_mode;
    return;
  }
}

}  // namespace

Counters Counters::of_thread(pid_t thread, const CounterEvents& events) {
  Counters out;
  open_both(events, {.thread = thread}, out.cycles_, out.instructions_, out.in_user_mode_);
  return out;
}

Counters Counters::of_programs(const CounterEvents& events) {
  Counters out;
  open_both(events, {.programs = true}, out.cycles_, out.instructions_, out.in_user_mode_);
  return out;
}

Counters::Reading Counters::read() const {
  return {.cycles = count_of(cycles_), .instructions = count_of(instructions_)};
}

Counters::Difference Counters::between(const Reading& begin, const Reading& end) {
  Difference out{.cycles = events_between(begin.cycles, end.cycles),
                 .instructions = events_between(begin.instructions, end.instructions),
                 .counted_s = Observed::unknown};
  if (begin.cycles && end.cycles) {
    const std::uint64_t ns = end.cycles->enabled_ns - begin.cycles->enabled_ns;
    out.counted_s = 1e-9 * static_cast<double>(ns);
  }
  return out;
}

}  // namespace scalelaw
