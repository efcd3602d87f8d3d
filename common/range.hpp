#pragma once

#include <algorithm>
#include <cstdint>

namespace scalelaw {

/// A half-open interval [begin, end) of item numbers.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] constexpr std::int64_t size() const noexcept { return end - begin; }
  [[nodiscard]] constexpr bool empty() const noexcept { return end <= begin; }
  friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// Part `index` of `parts` of `whole`: contiguous, in order, sizes differing by at most one
/// (the larger parts come first).  A part is empty when there are fewer items than parts.
constexpr Range split(Range whole, std::int64_t parts, std::int64_t index) noexcept {
  const std::int64_t base = whole.size() / parts;
  const std::int64_t extra = whole.size() % parts;
  const std::int64_t begin = whole.begin + index * base + std::min(index, extra);
  return {begin, begin + base + (index < extra ? 1 : 0)};
}

}  // namespace scalelaw
