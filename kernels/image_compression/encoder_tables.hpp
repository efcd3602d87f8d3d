#pragma once

#include <array>
#include <cstdint>

namespace scalelaw::jpeg {

/// Divides a block of transform outputs by the quantiser's steps with two rounding multiplications
/// (see arithmetic.hpp): first by 2^k / divisor, with k the largest that keeps the factor
/// below one (or as near to one as 15 bits come), then by 2^-k.  In block order: 8 * horizontal +
/// vertical frequency.
struct Quantiser {
  alignas(64) std::array<std::int16_t, 64> factor{};
  alignas(64) std::array<std::int16_t, 64> scale{};
};

/// Huffman codes with the value bits already attached.
/// An entry holds its bits from the top of a 64-bit word down, the first one to be written the most
/// significant, and their number in its low 6 bits: bits are placed by one shift, and lengths are
/// added up without taking them out of the entry.  0 is an entry of no bits.
struct EntropyTable {
  static constexpr std::size_t values = 256;
  static constexpr std::uint16_t end_of_block = 1;

  /// For a coefficient `step` = 1..16 places after the one before it and a value -127..126 that is
  /// not zero: [256 * step + (value mod 256)], at most 16 + 7 bits.  0 for the values that only say
  /// "not in 8 bits" (127 and -128): take the long way.  [0] is nothing, [end_of_block] its code.
  alignas(64) std::array<std::uint64_t, 17 * values> coefficient{};
  std::array<std::uint64_t, 256> ac{};  ///< by symbol 16 * run + size, without value bits
  std::array<std::uint64_t, 12> dc{};   ///< by size, space for the value bits counted, but zeros
};

/// What every worker needs to encode rows at one quality.  Immutable once made; about 70 KiB, of
/// which a photo touches some 5.
struct EncoderTables {
  explicit EncoderTables(std::int64_t quality);
  EncoderTables() = default;

  std::array<std::array<std::uint8_t, 64>, 2> steps{};  ///< zig-zag order, as in the file
  std::array<Quantiser, 2> quantiser{};
  std::array<EntropyTable, 2> entropy{};
};

}  // namespace scalelaw::jpeg
