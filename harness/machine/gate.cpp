#include "harness/machine/gate.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>

#include "harness/process/interrupt.hpp"

namespace scalelaw::harness {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

double thread_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void bind_to(const Core& core) {
  if (core.empty()) return;
  const auto processors = static_cast<std::size_t>(core.back()) + 1;
  cpu_set_t* set = CPU_ALLOC(processors);
  const std::size_t size = CPU_ALLOC_SIZE(processors);
  CPU_ZERO_S(size, set);
  CPU_SET_S(static_cast<std::size_t>(core.front()), size, set);
  pthread_setaffinity_np(pthread_self(), size, set);
  CPU_FREE(set);
}

/// About a hundred microseconds of dependent integer steps.
constexpr int steps_per_burst = 65536;

std::uint64_t burst(std::uint64_t x) {
  for (int i = 0; i < steps_per_burst; ++i) {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
  }
  return x;
}

SpinResult spin_for(double seconds) {
  constexpr double slice_s = 1e-3;
  static std::atomic<std::uint64_t> sink;
  SpinResult result;
  std::uint64_t x = 1;
  const double cpu_start = thread_cpu_s();
  const Clock::time_point start = Clock::now();
  Clock::time_point slice = start;
  double slice_steps = 0;
  while (result.wall_s < seconds) {
    x = burst(x);
    const Clock::time_point now = Clock::now();
    result.steps += steps_per_burst;
    slice_steps += steps_per_burst;
    result.wall_s = seconds_between(start, now);
    const double in_slice = seconds_between(slice, now);
    if (in_slice < slice_s) continue;
    result.best_steps_per_s = std::max(result.best_steps_per_s, slice_steps / in_slice);
    slice = now;
    slice_steps = 0;
  }
  result.cpu_s = thread_cpu_s() - cpu_start;
  sink += x;  // the work is used, so that it is done
  return result;
}

}  // namespace

std::vector<SpinResult> spin_threads(const std::vector<Core>& cores, double seconds) {
  std::vector<SpinResult> results(cores.size());
  std::barrier together(static_cast<std::ptrdiff_t>(cores.size()));
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    threads.emplace_back([&, i] {
      bind_to(cores[i]);
      together.arrive_and_wait();
      results[i] = spin_for(seconds);
    });
  }
  threads.clear();  // joins
  return results;
}

GateReading read_spins(const std::vector<SpinResult>& spins, double alone_steps_per_s,
                       double free_share) {
  GateReading reading;
  reading.loops = static_cast<std::int64_t>(spins.size());
  for (const SpinResult& spin : spins) {
    const double cpu = std::min(1.0, spin.cpu_s / spin.wall_s);
    const double work = std::min(1.0, spin.steps / spin.wall_s / alone_steps_per_s);
    reading.cpu_share += cpu / static_cast<double>(spins.size());
    reading.work_share += work / static_cast<double>(spins.size());
    reading.free_cores += work < clock_allowance * cpu ? work : cpu;
  }
  reading.busy = reading.free_cores < free_share * static_cast<double>(reading.loops);
  return reading;
}

GateProbe make_gate(const CapacityGate& gate, const Cores& cores, const Spin& spin,
                    std::int64_t retries, double pause_s) {
  // The fastest that one loop has ever been here: the speed of an undisturbed core.
  auto alone_steps_per_s = std::make_shared<double>(0);
  return [=](std::int64_t workers) {
    const auto loops =
        static_cast<std::size_t>(std::clamp<std::int64_t>(workers, 1, cores.usable()));
    const std::vector<Core> used(
        cores.allowed.begin(),
        cores.allowed.begin() + static_cast<std::ptrdiff_t>(std::min(loops, cores.allowed.size())));
    GateReading reading;
    for (std::int64_t attempt = 0; attempt <= retries; ++attempt) {
      if (attempt > 0) std::this_thread::sleep_for(std::chrono::duration<double>(pause_s));
      for (const SpinResult& alone : spin({used.front()}, gate.spin_s)) {
        *alone_steps_per_s = std::max(*alone_steps_per_s, alone.best_steps_per_s);
      }
      reading = read_spins(spin(used, gate.spin_s), *alone_steps_per_s, gate.free_share);
      if (!reading.busy || interrupted()) break;
    }
    return reading;
  };
}

}  // namespace scalelaw::harness
