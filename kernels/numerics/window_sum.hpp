#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/numerics/exact_sum.hpp"

namespace scalelaw {

/// A sum of doubles in 32 bytes that is independent of order and partition: the leading 96 bits of
/// an ExactSum, for cases with too many sums for whole ones to fit the cache.
///
/// Bits are numbered as in ExactSum and grouped into digits of 32.  Each value is split at the
/// digits' boundaries into up to three pieces, the first one in the digit of its highest bit.  The
/// sum keeps the pieces in three digits, starting with the highest one that any value begins in;
/// each digit's total has its own integer.  What is kept depends on the set of values alone.  Each
/// value loses less than 2^-64 of the largest one.
/// Capacity: 2^31 additions.  Infinities and NaN as in ExactSum.
/// Source:  Demmel and Nguyen, "Parallel reproducible summation", IEEE Trans. Comput. 64 (2015),
///          for the window that follows the largest value; the digits are those of Neal,
///          arXiv 1505.05571.
struct WindowSum {
  static constexpr std::int64_t digit_mask = 0xFFFFFFFF;
  static constexpr std::int64_t top_mask = 0xFF;  ///< of `top`: the number of the highest digit
  static constexpr std::int64_t plus_infinity = 0x100, minus_infinity = 0x200, not_a_number = 0x400;

  std::int64_t top = 0;  ///< 0: no value yet; digit 0 is too low for any to begin in
  std::int64_t high = 0, middle = 0, low = 0;

  void add(double x) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto exponent = static_cast<std::int64_t>((bits >> 52) & 0x7FF);
    if (exponent == 0x7FF) {
      top |= x != x ? not_a_number : (x > 0 ? plus_infinity : minus_infinity);
      return;
    }
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
    if (mantissa == 0) return;
    const std::int64_t first = (exponent != 0 ? exponent : 1) + 51;  // the highest bit's number
    const int in_digit = static_cast<int>(first & 31);
    const std::uint64_t aligned = mantissa << 11, rest = aligned << (in_digit + 1);
    const std::int64_t sign = -static_cast<std::int64_t>(bits >> 63);
    const auto with_sign = [sign](std::uint64_t v) {
      return (static_cast<std::int64_t>(v) ^ sign) - sign;
    };
    WindowSum other;
    other.top = first >> 5;
    other.high = with_sign(aligned >> (63 - in_digit));
    other.middle = with_sign(rest >> 32);
    other.low = with_sign(rest & static_cast<std::uint64_t>(digit_mask));
    merge(other);
  }

  /// Associative and commutative.
  void merge(WindowSum other) noexcept {
    const std::int64_t ahead = (other.top & top_mask) - (top & top_mask);
    const std::int64_t specials = (top | other.top) & ~top_mask;
    if (ahead > 0) {
      lower_by(ahead);
      top = other.top & top_mask;
    } else if (ahead < 0) {
      other.lower_by(-ahead);
    }
    top = (top & top_mask) | specials;
    high += other.high;
    middle += other.middle;
    low += other.low;
  }

  /// The sum as an exact one.
  void add_to(ExactSum& sum) const noexcept {
    if (top & not_a_number) sum.add(std::numeric_limits<double>::quiet_NaN());
    if (top & plus_infinity) sum.add(std::numeric_limits<double>::infinity());
    if (top & minus_infinity) sum.add(-std::numeric_limits<double>::infinity());
    const auto digit = static_cast<int>(top & top_mask);
    // A digit below number 0 is empty, because nothing is smaller than the smallest double.
    if (high != 0) sum.add_digit(high, digit);
    if (middle != 0) sum.add_digit(middle, digit - 1);
    if (low != 0) sum.add_digit(low, digit - 2);
  }

  /// The sum rounded once to the nearest double, ties to even.
  [[nodiscard]] double round() const noexcept {
    if (top > top_mask) return special();
    __extension__ using Int128 = __int128;
    const Int128 whole =
        (static_cast<Int128>(high) << 64) + (static_cast<Int128>(middle) << 32) + low;
    // The conversion rounds; scaling is exact, because below the normal numbers `whole` has
    // few bits.
    const std::int64_t exponent = 32 * (top - 2) - 1074;
    if (exponent < -1022 || exponent > 896) {
      return std::ldexp(static_cast<double>(whole), static_cast<int>(exponent));
    }
    // Cannot overflow (|whole| < 2^127) or underflow.  A product is faster than ldexp().
    return static_cast<double>(whole) *
           std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }

 private:
  /// Moves the window up; what leaves it is dropped.
  void lower_by(std::int64_t digits) noexcept {
    low = digits == 1 ? middle : (digits == 2 ? high : 0);
    middle = digits == 1 ? high : 0;
    high = 0;
  }

  [[nodiscard]] double special() const noexcept {
    const std::int64_t kind = top & ~top_mask;
    if (kind == plus_infinity) return std::numeric_limits<double>::infinity();
    if (kind == minus_infinity) return -std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace scalelaw
