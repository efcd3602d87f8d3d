#pragma once

// The loops of the generator, for the widest vectors of the instruction set.  Each file that
// includes this is compiled for another one; nothing here is shared between them.
#include <algorithm>
#include <array>
#include <bit>

#include "kernels/image_compression/photo_like_loops.hpp"
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

using Floats = float __attribute__((vector_size(vector_bytes)));
using Ints = std::int32_t __attribute__((vector_size(vector_bytes)));
constexpr int lanes = vector_bytes / 4;

inline Floats load_floats(const float* from) {
  Floats v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

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
    if constexpr (Cell < lanes) {
      for (int k = 0; k < Cell; ++k) row[k] += from + step * weight[static_cast<std::size_t>(k)];
    } else {
      // GCC 12 takes the inner loop apart where a cell is a few vectors.
      for (int k = 0; k < Cell; k += lanes) {
        const Floats sum = load_floats(row + k) + (from + step * load_floats(weight.data() + k));
        __builtin_memcpy(row + k, &sum, sizeof sum);
      }
    }
  }
}

void add_interpolated(int log2_cell, const float* line, std::size_t points, float* row) {
  static constexpr std::array adders = {
      add_in_cells<1>,  add_in_cells<2>,  add_in_cells<4>,   add_in_cells<8>,   add_in_cells<16>,
      add_in_cells<32>, add_in_cells<64>, add_in_cells<128>, add_in_cells<256>, add_in_cells<512>};
  adders[static_cast<std::size_t>(log2_cell)](line, points, row);
}

// Of vectors, because GCC does not make vectors of std::min() and std::max(): NaN forbids it.
inline Floats at_least(Floats v, float least) {
  const Floats bound = least - Floats{};
  return v > bound ? v : bound;
}
inline Floats at_most(Floats v, float most) {
  const Floats bound = most - Floats{};
  return v < bound ? v : bound;
}
inline Floats bounded(Floats v) {
  return at_most(at_least(v, -1.0F), 1.0F);
}

/// 0 to 255, rounded to the nearest.
inline Ints to_byte(Floats value) {
  return __builtin_convertvector(at_most(at_least(value, 0.0F), 255.0F) + 0.5F, Ints);
}

/// What the colours have in common.
struct Tones {
  Floats object, part, brightness;
};

inline Tones tones_at(const PhotoRow& row, std::int64_t x) {
  Tones tones;
  tones.object = bounded(load_floats(row.large + x) * 40.0F);
  tones.part = bounded(load_floats(row.small + x) * 25.0F);
  const Floats texture = at_most(at_least(0.45F + load_floats(row.roughness + x), 0.05F), 1.2F);
  tones.brightness = 122.0F + 28.0F * load_floats(row.light + x) + 30.0F * tones.object +
                     16.0F * tones.part + texture * load_floats(row.detail + x) +
                     load_floats(row.noise + x);
  return tones;
}

/// Red, green and blue of each pixel, in the three lowest bytes.
inline Ints colours_at(const PhotoRow& row, std::int64_t x) {
  const Tones tones = tones_at(row, x);
  const Floats cb = 18.0F * load_floats(row.blueness + x) - 8.0F * tones.object;
  const Floats cr = 14.0F * load_floats(row.redness + x) + 6.0F * tones.object - 4.0F * tones.part;
  const Ints red = to_byte(tones.brightness + 1.402F * cr);
  const Ints green = to_byte(tones.brightness - 0.344136F * cb - 0.714136F * cr);
  const Ints blue = to_byte(tones.brightness + 1.772F * cb);
  return red | green << 8 | blue << 16;
}

inline Ints greys_at(const PhotoRow& row, std::int64_t x) {
  return to_byte(tones_at(row, x).brightness);
}

/// Writes the `Channels` lowest bytes of each of `pixels` numbers without gaps.  Each is written as
/// a whole, and the next one replaces what was too much; the last must not.
template <int Channels>
void write_lowest_bytes(const std::uint32_t* __restrict from, std::int64_t pixels,
                        std::uint8_t* __restrict out) {
  const std::int64_t wholes =
      std::endian::native == std::endian::little ? pixels - 4 / Channels : 0;
  std::int64_t x = 0;
  for (; x < wholes; ++x) __builtin_memcpy(out + Channels * x, from + x, 4);
  for (; x < pixels; ++x) {
    for (int c = 0; c < Channels; ++c) {
      out[Channels * x + c] = static_cast<std::uint8_t>(from[x] >> (8 * c));
    }
  }
}

/// As many pixels as stay in the nearest cache between their computation and their packing.
constexpr std::int64_t pixels_at_once = 256;

template <int Channels>
void write_pixels_of(const PhotoRow& row, std::int64_t row_pixels, std::uint8_t* out) {
  std::array<std::uint32_t, pixels_at_once> colours;
  for (std::int64_t begin = 0; begin < row_pixels; begin += pixels_at_once) {
    const std::int64_t pixels = std::min(pixels_at_once, row_pixels - begin);
    for (std::int64_t i = 0; i < pixels; i += lanes) {
      const Ints v = Channels == 1 ? greys_at(row, begin + i) : colours_at(row, begin + i);
      __builtin_memcpy(colours.data() + i, &v, sizeof v);
    }
    write_lowest_bytes<Channels>(colours.data(), pixels, out + Channels * begin);
  }
}

void write_pixels(const PhotoRow& row, std::int64_t row_pixels, std::int64_t channels,
                  std::uint8_t* out) {
  if (channels == 1) {
    write_pixels_of<1>(row, row_pixels, out);
  } else {
    write_pixels_of<3>(row, row_pixels, out);
  }
}

constexpr PhotoLoops loops{.read_line = read_line,
                           .blend = blend,
                           .add_interpolated = add_interpolated,
                           .write_pixels = write_pixels};

}  // namespace
}  // namespace scalelaw
