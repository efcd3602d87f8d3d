#include "harness/launch/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/process/interrupt.hpp"

namespace scalelaw::harness {

void sleep_unless_interrupted(double seconds) {
  using Seconds = std::chrono::duration<double>;
  constexpr double step_s = 0.2;
  for (double left_s = seconds; left_s > 0 && !interrupted(); left_s -= step_s) {
    std::this_thread::sleep_for(Seconds(std::min(left_s, step_s)));
  }
}

void Backoff::wait() {
  constexpr double longest_s = 30;
  pause_(next_s_);
  waited_s_ += next_s_;
  next_s_ = std::min(2 * next_s_, longest_s);
}

}  // namespace scalelaw::harness
