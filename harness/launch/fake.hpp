#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness/launch/launcher.hpp"
#include "harness/launch/pretended_times.hpp"
#include "harness/machine/gate.hpp"

namespace scalelaw::harness {

/// What goes wrong with a launch.
enum class FakeFault {
  none,
  crash,         ///< dies by SIGSEGV after the first sample
  timeout,       ///< has to be killed; the record has a header alone
  wrong_result,  ///< the last sample does not verify; exit code 2
  truncated,     ///< the record lacks its end, though the exit code is 0
  unbound,       ///< the threads may run anywhere
  no_record      ///< exits with 3 and leaves no file
};

/// The pretended machine.
struct FakeMachine {
  /// The true T(p) of a job, and its phases.
  std::function<FakeTimes(const Job&)> times;
  /// The fault of the `launch`-th start (from 0); none when empty.
  std::function<FakeFault(const Job&, std::int64_t launch)> fault;
  /// Standard deviation of the logarithm of a launch's common factor, and of each sample's own.
  double launch_noise = 0;
  double sample_noise = 0;
  /// What its results say, beside what all say; none when empty.
  std::function<std::map<std::string, std::string>(const Job&)> facts;
  double start_s = 0;  ///< what a launch takes beside its passes
  std::uint64_t seed = 1;
};

/// A strong job takes T(p) = t1 (s + (1 - s)/p), by Amdahl's law.  A weak job of W times the work
/// of one worker takes T(p) = t1 W / (s + (1 - s) p), by Gustafson's: the share s of its time is
/// serial, so that its scaled speedup is p - s (p - 1).  It has a serial phase and a parallel one.
FakeMachine amdahl_machine(double t1_s, double serial_fraction);

/// The machine of a config, whose nodes have that many cores.
FakeMachine pretended_machine(const FakeOptions& fake, std::int64_t cores);

/// What the gate finds on it: the cores that other work leaves.
GateProbe pretended_gate(const FakeOptions& fake, std::int64_t cores, double free_share);

/// A launcher that starts nothing.  It immediately writes the record that a driver on the pretended
/// machine would have left (docs/record.md).  So code that reads records can be tested against
/// known times.
class FakeLauncher : public Launcher {
 public:
  explicit FakeLauncher(FakeMachine machine)
      : machine_(std::move(machine)), random_(machine_.seed) {}

  [[nodiscard]] Command command(const Job& job) const override;
  /// Errors: throws Error when the record cannot be written.
  Outcome run(const Job& job) override;

  /// The number of launches so far.
  [[nodiscard]] std::int64_t launches() const { return launches_; }

 private:
  FakeMachine machine_;
  std::mt19937_64 random_;
  std::int64_t launches_ = 0;
};

}  // namespace scalelaw::harness
