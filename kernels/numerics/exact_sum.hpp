#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace scalelaw {

/// A sum of doubles without rounding: a fixed-point number wide enough for every double, so that
/// neither the order of additions nor the partition of a sum changes its bits.
///
/// Bit 0 has the weight 2^-1074, the smallest double.  The number is kept in 64-bit chunks that are
/// 32 bits apart, so that many additions fit before carries must move up.  The range of chunks in
/// use is remembered, which is small when values are of similar size; merge() and round() skip the
/// others.  NaN and infinities follow IEEE 754: any NaN, or infinities of both signs, give NaN.  An
/// exact zero is +0.
/// Units:   none.  One add() costs a few nanoseconds.
/// Threads: not synchronised; let each thread add to its own sum, and merge() them.
/// Source:  Neal, "Fast exact summation using small and large superaccumulators",
///          arXiv 1505.05571, section 2 (the small superaccumulator).
class ExactSum {
 public:
  void add(double x) noexcept;

  /// Adds digit * 2^(32 * chunk - 1074); `chunk` in [0, 65].
  void add_digit(std::int64_t digit, int chunk) noexcept;

  /// Adds another sum: associative and commutative.
  void merge(const ExactSum& other) noexcept;

  /// The sum rounded once to the nearest double, ties to even; infinite beyond the largest double.
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
  /// Moves carries up.  Then the chunks in use are in [0, 2^32), except the last, which has the
  /// sign: it is in [-2^32, 2^32) unless it is the highest of all.
  void carry() noexcept;

  /// An addition changes a chunk by less than 2^53.
  static constexpr std::int32_t max_pending = 512;

  std::array<std::int64_t, chunks> chunk_{};
  int first_ = chunks, end_ = 0;  ///< chunks outside of [first_, end_) are zero
  std::int32_t pending_ = 0;      ///< additions since the last carry()
  std::uint32_t specials_ = 0;    ///< which of +Inf (1), -Inf (2) and NaN (4) were added
};

}  // namespace scalelaw
