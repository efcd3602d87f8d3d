#pragma once

#include <cstddef>
#include <cstdint>

namespace scalelaw {

/// The values of the fields that determine a row of pixels, one a pixel.  Each has room for whole
/// vectors, 15 more than there are pixels.
struct PhotoRow {
  const float *light, *large, *small, *roughness, *detail, *noise;
  const float *blueness, *redness;  ///< of coloured images
};

/// The loops of the generator, which photo_like_rows() runs on the widest instruction set here.
/// Every one gives the same bits.
struct PhotoLoops {
  /// amplitude x the lattice's values at (0, j) to (points - 1, j).
  void (*read_line)(std::uint32_t salt, std::int64_t j, float amplitude, std::size_t points,
                    float* line);
  /// upper + (lower - upper) x weight.
  void (*blend)(const float* upper, const float* lower, float weight, std::size_t points,
                float* line);
  /// Adds to each pixel the value interpolated between its two points, in cells of 2^log2_cell
  /// pixels.  The row has room for whole cells.
  void (*add_interpolated)(int log2_cell, const float* line, std::size_t points, float* row);
  /// The bytes of a row of pixels.
  void (*write_pixels)(const PhotoRow& row, std::int64_t width, std::int64_t channels,
                       std::uint8_t* out);
};

PhotoLoops photo_loops_plain();
PhotoLoops photo_loops_avx2();
PhotoLoops photo_loops_avx512();

/// Mixes the bits of a number, so that neighbours differ in all.
static constexpr std::uint32_t mixed(std::uint32_t h) {
  h = (h ^ (h >> 16)) * 0x7feb352dU;
  h = (h ^ (h >> 15)) * 0x846ca68bU;
  return h ^ (h >> 16);
}

/// From 0 to 1 without a kink.
static constexpr float smooth(float t) {
  return t * t * (3.0F - 2.0F * t);
}

}  // namespace scalelaw
