#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/observation/counters.hpp"
#include "common/observed.hpp"

namespace scalelaw {

/// What an Observer looks at.
struct ObserverSetup {
  std::vector<int> processors;   ///< whose steal counts; none: unknown
  std::vector<pid_t> threads{};  ///< of this process; none: the programs that this thread starts
  bool energy = true;            ///< of this machine: one process on it suffices
  std::filesystem::path proc = "/proc";
  std::filesystem::path powercap = "/sys/class/powercap";
  CounterEvents events = hardware_events;
};

/// Looks at what the system and the processor tell before and after a span of time.  There are
/// several ways to look, each with a name: steal, queue, usage, counters, energy.
/// Threads: one.
class Observer {
 public:
  explicit Observer(const ObserverSetup& setup);

  /// What each way that works looks at, and why the others do not.
  [[nodiscard]] const std::map<std::string, std::string>& known() const { return known_; }
  [[nodiscard]] const std::map<std::string, Error>& unknown() const { return unknown_; }

  /// The seconds that each way takes to look once, the least of some; `now_s`: a clock.
  std::map<std::string, double> costs(const std::function<double()>& now_s);

  /// Looks in this way no more.
  void omit(const std::string& way, const Error& why);

  void begin();
  /// What came since begin().
  Observed end();

 private:
  /// The sums since some instant.
  struct Totals {
    Observed seen;  ///< without what the counters tell
    std::vector<Counters::Reading> counters;
    double user_s = Observed::unknown, system_s = Observed::unknown;
  };
  struct Way {
    std::string name;
    std::function<void(Totals&)> look;
  };
  void add(const std::string& name, const std::function<std::string()>& make);
  std::string steal(const ObserverSetup& setup);
  std::string queue(const ObserverSetup& setup);
  std::string usage(const ObserverSetup& setup);
  std::string counters(const ObserverSetup& setup);
  std::string energy(const ObserverSetup& setup);

  std::vector<Way> ways_;
  std::map<std::string, std::string> known_;
  std::map<std::string, Error> unknown_;
  Totals begin_;
  bool in_user_mode_ = false;  ///< the counters leave out what the kernel does
};

/// The part in user mode of the processor time `counted_s`; NaN, unknown, where the times in user
/// mode and in the kernel are.
constexpr double user_part(double counted_s, double user_s, double system_s) {
  return counted_s * (user_s / (user_s + system_s));
}

/// The most memory that this process has held so far, in bytes.
std::int64_t peak_bytes_so_far();

}  // namespace scalelaw
