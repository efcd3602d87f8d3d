#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/numerics/aligned_vector.hpp"
#include "kernels/numerics/window_sum.hpp"

namespace scalelaw {

/// WindowSums side by side, member by member, so that vectors of them can be updated at once.
struct WindowSums {
  AlignedVector<std::int64_t> top, high, middle, low;

  /// Makes them `n` empty sums.
  void reset(std::int64_t n);
  /// Adds x[i] to the i-th sum, for all sums.
  void add(const double* x);

  [[nodiscard]] std::int64_t size() const noexcept { return std::ssize(top); }
  [[nodiscard]] WindowSum get(std::int64_t i) const {
    const auto at = static_cast<std::size_t>(i);
    return {top[at], high[at], middle[at], low[at]};
  }
  void set(std::int64_t i, const WindowSum& sum) {
    const auto at = static_cast<std::size_t>(i);
    top[at] = sum.top;
    high[at] = sum.high;
    middle[at] = sum.middle;
    low[at] = sum.low;
  }
};

}  // namespace scalelaw
