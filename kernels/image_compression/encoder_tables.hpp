#pragma once

#include <array>
#include <cstdint>

namespace scalelaw::jpeg {

/// Divides a block of transform outputs by the quantiser's steps with two rounding multiplications
/// (see arithmetic.hpp): first by 2^k / divisor, with k the largest that keeps the factor
/// below one, then by 2^-k.  In block order: 8 * horizontal + vertical frequency.
struct Quantiser {
  alignas(64) std::array<std::int16_t, 64> factor{};
  alignas(64) std::array<std::int16_t, 64> scale{};
};

/// Huffman codes with the value bits already attached.
/// An entry is (bits << 8) | length: `length` bits, the first one to be written the most
/// significant.  At most 16 + 7 bits.
struct EntropyTable {
  static constexpr std::size_t values = 256;

  /// For a run of 0..15 zeros and a value -127..126 that is not zero: [256 * run + (value mod
  /// 256)].  0 for the values that only say "not in 8 bits" (127 and -128): take the long way.
  alignas(64) std::array<std::uint32_t, 16 * values> coefficient{};
  std::array<std::uint32_t, 256> ac{};  ///< by symbol 16 * run + size, without value bits
  std::array<std::uint32_t, 12> dc{};   ///< by size, without value bits
};

/// What every worker needs to encode rows at one quality.  Immutable once made; about 36 KiB.
struct EncoderTables {
  explicit EncoderTables(std::int64_t quality);
  EncoderTables() = default;

  std::array<std::array<std::uint8_t, 64>, 2> steps{};  ///< zig-zag order, as in the file
  std::array<Quantiser, 2> quantiser{};
  std::array<EntropyTable, 2> entropy{};
};

}  // namespace scalelaw::jpeg
