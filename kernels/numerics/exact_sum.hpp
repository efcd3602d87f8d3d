#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace scalelaw {

/// A sum of doubles without any rounding: a fixed-point number wide enough for every double, so
/// that the order of additions and the way a sum is cut into parts never change its bits.
///
/// Bit 0 is worth 2^-1074, the smallest double.  The number is kept in 64-bit chunks that are 32
/// bits apart, so that many additions fit before carries must move up.  Which chunks were ever
/// touched is remembered, a handful where values are of similar size: merge() and round() look at
/// no others.  Not-a-number and infinities follow IEEE 754: any NaN, or infinities of both signs,
/// give NaN.  An exact zero is +0.
/// Units:   none.  One add() costs a few nanoseconds.
/// Threads: as an int; merge() parts that threads made alone.
/// Source:  Neal, "Fast exact summation using small and large superaccumulators",
///          arXiv 1505.05571, section 2 (the small superaccumulator).
class ExactSum {
 public:
  void add(double x) noexcept;

  /// Adds digit * 2^(32 * chunk - 1074); `chunk` in [0, 65].
  void add_digit(std::int64_t digit, int chunk) noexcept;

  /// Adds another sum: associative and commutative.
  void merge(const ExactSum& other) noexcept;

  /// The sum rounded once to the nearest double, ties to even; beyond the largest one, infinite.
  [[nodiscard]] double round() const noexcept;

 private:
  static constexpr int chunks = 68;  ///< bit 2098 is the largest double's; the rest is headroom

  void add_special(double x) noexcept;
  void touch(int first, int end) noexcept {
    first_ = std::min(first_, first);
    end_ = std::max(end_, end);
  }
  void make_room() noexcept {
    if (++pending_ >= max_pending) carry();
  }
  /// Moves carries up: touched chunks but the last are then in [0, 2^32), and the last, which has
  /// the sign, in [-2^32, 2^32) unless it is the highest of all.
  void carry() noexcept;

  /// An addition changes a chunk by less than 2^53.
  static constexpr std::int32_t max_pending = 512;

  std::array<std::int64_t, chunks> chunk_{};
  int first_ = chunks, end_ = 0;  ///< chunks outside of [first_, end_) are zero
  std::int32_t pending_ = 0;      ///< additions since the last carry()
  std::uint32_t specials_ = 0;    ///< which of +Inf (1), -Inf (2) and NaN (4) were added
};

}  // namespace scalelaw
