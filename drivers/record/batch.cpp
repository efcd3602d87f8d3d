#include "drivers/record/batch.hpp"

#include <algorithm>
#include <cmath>

namespace scalelaw::driver {
namespace {

constexpr double chosen_steps = 10'000;
constexpr double least_steps = 1000;

}  // namespace

Batch::Batch(std::int64_t asked, double resolution_s)
    : resolution_s_(resolution_s), automatic_(asked == 0), passes_(automatic_ ? 1 : asked) {}

bool Batch::is_short(double pass_s) const {
  return pass_s < 10 * chosen_steps * resolution_s_;
}

void Batch::choose(double pass_s) {
  if (automatic_) passes_ = enough(pass_s);
}

bool Batch::raise_after(double pass_s) {
  const bool long_enough = pass_s * static_cast<double>(passes_) >= least_steps * resolution_s_;
  if (long_enough || !automatic_ || raises_left_ == 0) return false;
  passes_ = std::max(2 * passes_, enough(pass_s));
  --raises_left_;
  return true;
}

std::int64_t Batch::enough(double pass_s) const {
  return static_cast<std::int64_t>(
      std::ceil(chosen_steps * resolution_s_ / std::max(pass_s, resolution_s_)));
}

}  // namespace scalelaw::driver
