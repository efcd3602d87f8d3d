#pragma once

#include <functional>

namespace scalelaw::harness {

/// A function that waits.  In tests it returns at once.
using Pause = std::function<void(double seconds)>;

/// Sleeps, or returns early when the harness is asked to stop.
void sleep_unless_interrupted(double seconds);

/// Pauses of 1, 2, 4 ... seconds, at most 30 at a time.
class Backoff {
 public:
  explicit Backoff(Pause pause) : pause_(std::move(pause)) {}

  /// How long the next pause is, seconds.
  [[nodiscard]] double next_s() const { return next_s_; }
  /// How long all pauses were.
  [[nodiscard]] double waited_s() const { return waited_s_; }
  void wait();

 private:
  Pause pause_;
  double next_s_ = 1;
  double waited_s_ = 0;
};

}  // namespace scalelaw::harness
