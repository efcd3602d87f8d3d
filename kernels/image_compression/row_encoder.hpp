#pragma once

#include <array>
#include <cstdint>

#include "kernels/image_compression/encoded_bytes.hpp"
#include "kernels/image_compression/encoder_tables.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw::jpeg {

/// One MCU row to encode.
struct RowJob {
  const std::uint8_t* pixels = nullptr;  ///< the row's first pixel, channels interleaved
  std::int64_t width = 0;                ///< pixels
  std::int64_t rows = 0;                 ///< pixel rows present, 1 to the MCU's height
  std::int64_t channels = 3;
  Subsampling subsampling = Subsampling::s420;
  const EncoderTables* tables = nullptr;

  [[nodiscard]] std::int64_t stride() const { return width * channels; }
};

/// A quantised block, ready for the entropy coder.
struct Block {
  alignas(64) std::array<std::int8_t, 64> bytes;  ///< in zig-zag order, limited to -128..127
  std::uint64_t nonzero;                          ///< bit k: coefficient k is not 0
};

/// One thread's memory for encoding: all stages of a tile of 64 x 16 pixels, small enough to stay
/// in the first-level cache.
struct RowScratch {
  static constexpr std::int64_t tile_width = 64;  ///< pixels
  static constexpr std::int64_t tile_rows = 16;
  static constexpr std::size_t tile_blocks = 24;
  static constexpr std::int64_t drain_bytes = 4096;  ///< scan bytes gathered before stuffing
  /// At most two per coefficient, plus what one register may write beyond the end.
  static constexpr std::size_t tile_symbols = tile_blocks * 128 + 64;

  alignas(64) std::array<std::uint8_t, tile_width * tile_rows * 3 + 64> edge;
  alignas(64) std::array<std::array<std::int16_t, tile_width * tile_rows>, 3> plane;
  alignas(64) std::array<Block, tile_blocks> block;

  /// The quantised blocks in natural order; rows of blocks that share a register are side by side.
  /// DC coefficients are always used, others only where their value does not fit a byte.
  alignas(64) std::array<std::int16_t, tile_blocks * 64> coefficients;
  /// The tile's scan as indices into the entropy table.
  alignas(64) std::array<std::uint16_t, tile_symbols> symbols;
  alignas(64) std::array<std::uint8_t, drain_bytes + tile_blocks * 256 + 128> scan;
};

/// Appends the entropy-coded segment of one MCU row, byte-stuffed and padded to whole bytes,
/// without a restart marker.  All code paths append the same bytes.
/// Threads: pure; one scratch per thread.
/// Source:  T.81, F.1.1 and F.1.2; Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT
///          algorithms with 11 multiplications", ICASSP 1989.
void encode_row(const RowJob& job, RowScratch& scratch, EncodedBytes& out);

/// The code paths behind encode_row(); active_isa() selects one.
void encode_row_plain(const RowJob& job, RowScratch& scratch, EncodedBytes& out);
#if defined(SCALELAW_HAS_NEON)
void encode_row_neon(const RowJob& job, RowScratch& scratch, EncodedBytes& out);
#endif
#if defined(SCALELAW_HAS_AVX2)
void encode_row_avx2(const RowJob& job, RowScratch& scratch, EncodedBytes& out);
#endif
#if defined(SCALELAW_HAS_AVX512)
void encode_row_avx512vbmi2(const RowJob& job, RowScratch& scratch, EncodedBytes& out);
void encode_row_avx512(const RowJob& job, RowScratch& scratch, EncodedBytes& out);
#endif

}  // namespace scalelaw::jpeg
