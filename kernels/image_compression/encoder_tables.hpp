#pragma once

#include <array>
#include <cstdint>

namespace scalelaw::jpeg {

/// Divides a block of transform outputs by the quantiser's steps, rounding halves away from zero,
/// with two multiplications (see arithmetic.hpp).  The first is by a 16-bit fraction slightly above
/// 2^k / divisor, rounded down, with the largest k that keeps it below a half; the second is by
/// 2^-k, rounded.  The result is exact below 16384, twice the largest possible value.  Natural order.
struct Quantiser {
  alignas(64) std::array<std::int16_t, 64> factor{};
  alignas(64) std::array<std::int16_t, 64> scale{};
};

/// A scan as a list of symbols, each with its bits.  There is a symbol for everything that a block
/// needs, so writing a scan is one loop over a list.  The symbols of luminance come first; those of
/// chrominance follow, `symbols` places further on.
///
/// An entry holds its bits from the top of a 64-bit word down, the first one as the most
/// significant, and their number (at most 23) in its low 7 bits.  Bits are placed by one shift, and
/// lengths are added without extracting them.
struct EntropyTable {
  /// A coefficient `step` = 1..16 places after the previous one with a value -127..126 other than
  /// zero: 256 * step + (value mod 256).
  static constexpr std::uint32_t longest_step = 16;
  static constexpr std::uint32_t nothing = 0;  ///< no bits
  static constexpr std::uint32_t end_of_block = 1;
  /// The Huffman code of a run of zeros and a size; the value's bits follow: + 16 * run + size.
  static constexpr std::uint32_t run_and_size = 256 * (longest_step + 1);
  static constexpr std::uint32_t sixteen_zeros = run_and_size + 0xf0;
  /// The value's bits alone, `size` of them: + 2^size + bits.
  static constexpr std::uint32_t value_bits = run_and_size + 256;
  /// A difference of DC coefficients, code and value: + difference.
  static constexpr std::uint32_t no_difference = value_bits + 2048 + 2048;
  static constexpr std::uint32_t symbols = no_difference + 2048;

  alignas(64) std::array<std::uint64_t, std::size_t{2} * symbols> entry{};
};
static_assert(EntropyTable::symbols % 256 == 0);  // a step and a table add up in a byte

/// The table for every quality, created on first use: 168 KiB, of which a photo touches about 5.
const EntropyTable& entropy_table();

/// What every worker needs to encode rows at one quality.  Immutable after construction.
struct EncoderTables {
  explicit EncoderTables(std::int64_t quality);
  EncoderTables() = default;

  std::array<std::array<std::uint8_t, 64>, 2> steps{};  ///< zig-zag order, as in the file
  std::array<Quantiser, 2> quantiser{};
  const EntropyTable* entropy = &entropy_table();
};

}  // namespace scalelaw::jpeg
