#pragma once

#include <array>
#include <cstdint>

namespace scalelaw::jpeg {

/// Divides a block of transform outputs by the quantiser's steps, halves away from zero, with two
/// multiplications (see arithmetic.hpp): first by a 16-bit fraction a little above 2^k / divisor,
/// rounded down, with k the largest that keeps it below a half; then by 2^-k, rounded.  That is an
/// exact division below 16384, twice what can occur.  In natural order.
struct Quantiser {
  alignas(64) std::array<std::int16_t, 64> factor{};
  alignas(64) std::array<std::int16_t, 64> scale{};
};

/// What a scan consists of: symbols, each with the bits that stand for it.  Whatever a block needs
/// has a symbol here, so that writing a scan is one loop over a list.  Those of luminance come
/// first, then the same of chrominance, `symbols` places further on. An entry holds its bits from
/// the top of a 64-bit word down, the first one to be written the most significant, and their
/// number (23 at most) in its low 7 bits: bits are placed by one shift, and lengths are added up
/// without taking them out of the entry.
struct EntropyTable {
  /// A coefficient `step` = 1..16 places after the one before it and a value -127..126 that is not
  /// zero: 256 * step + (value mod 256).
  static constexpr std::uint32_t longest_step = 16;
  static constexpr std::uint32_t nothing = 0;  ///< no bits
  static constexpr std::uint32_t end_of_block = 1;
  /// The Huffman code of a run of zeros and a size, whose value bits follow: + 16 * run + size.
  static constexpr std::uint32_t run_and_size = 256 * (longest_step + 1);
  static constexpr std::uint32_t sixteen_zeros = run_and_size + 0xf0;
  /// The value bits alone, `size` of them: + 2^size + bits.
  static constexpr std::uint32_t value_bits = run_and_size + 256;
  /// A difference of DC coefficients, code and value: + difference.
  static constexpr std::uint32_t no_difference = value_bits + 2048 + 2048;
  static constexpr std::uint32_t symbols = no_difference + 2048;

  alignas(64) std::array<std::uint64_t, std::size_t{2} * symbols> entry{};
};
static_assert(EntropyTable::symbols % 256 == 0);  // a step and a table add up in a byte

/// The one table, for every quality, made when first asked for: 168 KiB, of which a photo touches
/// some 5.
const EntropyTable& entropy_table();

/// What every worker needs to encode rows at one quality.  Immutable once made.
struct EncoderTables {
  explicit EncoderTables(std::int64_t quality);
  EncoderTables() = default;

  std::array<std::array<std::uint8_t, 64>, 2> steps{};  ///< zig-zag order, as in the file
  std::array<Quantiser, 2> quantiser{};
  const EntropyTable* entropy = &entropy_table();
};

}  // namespace scalelaw::jpeg
