#include "harness/process/deadline.hpp"

namespace scalelaw::harness {

std::chrono::steady_clock::duration to_duration(double s) {
  using Duration = std::chrono::steady_clock::duration;
  constexpr Duration longest = Duration::max() / 2;
  if (!(s > 0)) return Duration::zero();
  const std::chrono::duration<double> wanted(s);
  if (wanted >= longest) return longest;
  return std::chrono::duration_cast<Duration>(wanted);
}

std::chrono::steady_clock::time_point deadline_after(std::chrono::steady_clock::time_point begin,
                                                     double s) {
  using Time = std::chrono::steady_clock::time_point;
  const auto duration = to_duration(s);
  return begin > Time::max() - duration ? Time::max() : begin + duration;
}

}  // namespace scalelaw::harness
