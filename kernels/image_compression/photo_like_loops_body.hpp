#pragma once

// The loops of the generator, in plain C++ that the compiler turns into vectors.  Each file that
// includes this is compiled for another instruction set; nothing here is shared between them.
#include <algorithm>
#include <array>

#include "kernels/image_compression/photo_like_loops.hpp"

namespace scalelaw {
namespace {

/// A uniformly distributed number in [-1, 1) for the lattice point (i, j).
inline float lattice_value(std::uint32_t salt, std::uint32_t i, std::uint32_t j) {
  const std::uint32_t h = mixed(i * 0x9e3779b1U ^ mixed(j * 0x85ebca77U + salt));
  return static_cast<float>(static_cast<std::int32_t>(h)) * 0x1p-31F;
}

void read_line(std::uint32_t salt, std::int64_t j, float amplitude, std::size_t points,
               float* line) {
  for (std::size_t i = 0; i < points; ++i) {
    line[i] = amplitude *
              lattice_value(salt, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
  }
}

void blend(const float* __restrict upper, const float* __restrict lower, float weight,
           std::size_t points, float* __restrict line) {
  for (std::size_t i = 0; i < points; ++i) line[i] = upper[i] + (lower[i] - upper[i]) * weight;
}

template <int Cell>
void add_in_cells(const float* __restrict line, std::size_t points, float* __restrict row) {
  std::array<float, Cell> weight{};
  for (int k = 0; k < Cell; ++k) {
    weight[static_cast<std::size_t>(k)] = smooth(static_cast<float>(k) / static_cast<float>(Cell));
  }
  for (std::size_t i = 0; i + 1 < points; ++i, row += Cell) {
    const float from = line[i], step = line[i + 1] - line[i];
    for (int k = 0; k < Cell; ++k) row[k] += from + step * weight[static_cast<std::size_t>(k)];
  }
}

void add_interpolated(int log2_cell, const float* line, std::size_t points, float* row) {
  static constexpr std::array adders = {
      add_in_cells<1>,  add_in_cells<2>,  add_in_cells<4>,   add_in_cells<8>,   add_in_cells<16>,
      add_in_cells<32>, add_in_cells<64>, add_in_cells<128>, add_in_cells<256>, add_in_cells<512>};
  adders[static_cast<std::size_t>(log2_cell)](line, points, row);
}

inline float bounded(float v) {
  return std::min(1.0F, std::max(-1.0F, v));
}

inline std::uint8_t to_byte(float value) {
  const float half_above = std::min(255.0F, std::max(0.0F, value)) + 0.5F;
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(half_above));
}

/// What the colours have in common.
struct Tones {
  float object = 0, part = 0, brightness = 0;
};

inline Tones tones_at(const PhotoRow& row, std::int64_t x) {
  Tones tones;
  tones.object = bounded(row.large[x] * 40.0F);
  tones.part = bounded(row.small[x] * 25.0F);
  const float texture = std::min(1.2F, std::max(0.05F, 0.45F + row.roughness[x]));
  tones.brightness = 122.0F + 28.0F * row.light[x] + 30.0F * tones.object + 16.0F * tones.part +
                     texture * row.detail[x] + row.noise[x];
  return tones;
}

/// Planes of bytes first: vectors of pixels are computed alike, and then interleaved.
constexpr std::int64_t pixels_at_once = 256;

void write_coloured(const PhotoRow& row, std::int64_t begin, std::int64_t pixels,
                    std::uint8_t* __restrict out) {
  std::array<std::array<std::uint8_t, pixels_at_once>, 3> planes;
  for (std::int64_t i = 0; i < pixels; ++i) {
    const std::int64_t x = begin + i;
    const auto at = static_cast<std::size_t>(i);
    const Tones tones = tones_at(row, x);
    const float cb = 18.0F * row.blueness[x] - 8.0F * tones.object;
    const float cr = 14.0F * row.redness[x] + 6.0F * tones.object - 4.0F * tones.part;
    planes[0][at] = to_byte(tones.brightness + 1.402F * cr);
    planes[1][at] = to_byte(tones.brightness - 0.344136F * cb - 0.714136F * cr);
    planes[2][at] = to_byte(tones.brightness + 1.772F * cb);
  }
  for (std::int64_t i = 0; i < pixels; ++i) {
    const auto at = static_cast<std::size_t>(i);
    out[3 * i] = planes[0][at];
    out[3 * i + 1] = planes[1][at];
    out[3 * i + 2] = planes[2][at];
  }
}

void write_pixels(const PhotoRow& row, std::int64_t width, std::int64_t channels,
                  std::uint8_t* out) {
  if (channels == 1) {
    for (std::int64_t x = 0; x < width; ++x) out[x] = to_byte(tones_at(row, x).brightness);
    return;
  }
  for (std::int64_t begin = 0; begin < width; begin += pixels_at_once) {
    write_coloured(row, begin, std::min(pixels_at_once, width - begin), out + 3 * begin);
  }
}

constexpr PhotoLoops loops{.read_line = read_line,
                           .blend = blend,
                           .add_interpolated = add_interpolated,
                           .write_pixels = write_pixels};

}  // namespace
}  // namespace scalelaw
