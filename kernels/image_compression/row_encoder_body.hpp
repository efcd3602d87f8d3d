#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/entropy_coder.hpp"
#include "kernels/image_compression/row_encoder.hpp"

// The encoder, written once over a type Lanes of vector operations that each code path supplies
// and compiles for its own instruction set: hence the unnamed namespace.
//
// Lanes::V is a register of 8 * Lanes::blocks lanes of 16 bits: one row of as many neighbouring
// blocks.  Everything from pixels to bits happens on a tile of 64 pixels times one MCU's height.
namespace scalelaw::jpeg {
namespace {

constexpr std::int64_t tile_width = RowScratch::tile_width;

template <class L>
using Vector = typename L::V;

/// For types of vector operations that have no better way to list a block's symbols.
struct ListsByWalking {
  template <int stride>
  [[gnu::always_inline]] static std::uint16_t* list(const Block& block,
                                                    Coefficients<stride> coefficients,
                                                    std::uint32_t table, std::uint16_t* to) {
    return list_block(block, coefficients, table, to);
  }
};

// ---- colour

/// Whole numbers from lanes with 8 fractional bits.
template <class L>
[[gnu::always_inline]] inline Vector<L> whole(Vector<L> v) {
  return L::template shift_right_signed<8>(v);
}

/// The same, with the transform's fractional bits.
template <class L>
[[gnu::always_inline]] inline Vector<L> whole_sample(Vector<L> v) {
  return L::bit_and(L::template shift_right_signed<8 - sample_bits>(v),
                    L::all(static_cast<std::int16_t>(-(1 << sample_bits))));
}

template <class L>
[[gnu::always_inline]] inline Vector<L> luma(Vector<L> red, Vector<L> green, Vector<L> blue) {
  const Vector<L> sum = L::add(L::add(L::mulhu(red, L::all_unsigned(luma_red)),
                                      L::mulhu(green, L::all_unsigned(luma_green))),
                               L::mulhu(blue, L::all_unsigned(luma_blue)));
  return L::add(sum, L::all_unsigned(luma_rounding + 0x8000));
}

/// Half of `plus`, less the two fractions of the others.
template <class L>
[[gnu::always_inline]] inline Vector<L> chroma(Vector<L> plus, Vector<L> a, std::uint16_t a_part,
                                               Vector<L> b, std::uint16_t b_part) {
  const Vector<L> minus =
      L::add(L::mulhu(a, L::all_unsigned(a_part)), L::mulhu(b, L::all_unsigned(b_part)));
  const Vector<L> half = L::add(L::template shift_right<1>(plus), L::all_unsigned(chroma_rounding));
  return L::sub(half, minus);
}

template <class L>
struct Pixels {
  Vector<L> red, green, blue;  ///< 255 is 65280

  // With 8 fractional bits, to be rounded down.
  [[gnu::always_inline]] Vector<L> y() const { return luma<L>(red, green, blue); }
  [[gnu::always_inline]] Vector<L> cb() const {
    return chroma<L>(blue, red, cb_red, green, cb_green);
  }
  [[gnu::always_inline]] Vector<L> cr() const {
    return chroma<L>(red, green, cr_green, blue, cr_blue);
  }
};

template <class L>
[[gnu::always_inline]] inline Pixels<L> load_pixels(const std::uint8_t* from) {
  Pixels<L> out;
  L::load_rgb(from, out.red, out.green, out.blue);
  return out;
}

/// The mean of 2^Bits neighbouring whole chroma values from their sums, as samples.  Halves are
/// rounded up and down in turn, as libjpeg does.
template <class L, int Bits>
[[gnu::always_inline]] inline Vector<L> mean_sample(Vector<L> sums) {
  const Vector<L> rounded = L::add(sums, L::alternating(Bits == 1 ? 0 : 1, Bits == 1 ? 1 : 2));
  return L::template shift_left<sample_bits>(L::template shift_right_signed<Bits>(rounded));
}

/// Where a tile's pixel rows begin; rows below the image repeat its last one.
struct TileRows {
  const std::uint8_t* row[RowScratch::tile_rows];
};

using Plane = std::int16_t*;  ///< rows of tile_width samples

template <class L>
void convert_grey(const TileRows& tile, Plane y) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += L::lanes) {
      L::store(y + r * tile_width + x, L::template shift_left<sample_bits>(
                                           L::add(L::load_bytes(tile.row[r] + x), L::all(-128))));
    }
  }
}

template <class L>
void convert_444(const TileRows& tile, Plane y, Plane cb, Plane cr) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += L::lanes) {
      const Pixels<L> p = load_pixels<L>(tile.row[r] + 3 * x);
      const std::int64_t at = r * tile_width + x;
      L::store(y + at, whole_sample<L>(p.y()));
      L::store(cb + at, whole_sample<L>(p.cb()));
      L::store(cr + at, whole_sample<L>(p.cr()));
    }
  }
}

template <class L>
void convert_422(const TileRows& tile, Plane y, Plane cb, Plane cr) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += 2 * L::lanes) {
      const Pixels<L> a = load_pixels<L>(tile.row[r] + 3 * x);
      const Pixels<L> b = load_pixels<L>(tile.row[r] + 3 * (x + L::lanes));
      L::store(y + r * tile_width + x, whole_sample<L>(a.y()));
      L::store(y + r * tile_width + x + L::lanes, whole_sample<L>(b.y()));
      const std::int64_t at = r * tile_width + x / 2;
      L::store(cb + at, mean_sample<L, 1>(L::pair_sums(whole<L>(a.cb()), whole<L>(b.cb()))));
      L::store(cr + at, mean_sample<L, 1>(L::pair_sums(whole<L>(a.cr()), whole<L>(b.cr()))));
    }
  }
}

template <class L>
void convert_420(const TileRows& tile, Plane y, Plane cb, Plane cr) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += 2 * L::lanes) {
      Vector<L> cb_sum[2], cr_sum[2];
      for (int half = 0; half < 2; ++half) {
        const std::int64_t at = x + half * L::lanes;
        const Pixels<L> a = load_pixels<L>(tile.row[2 * r] + 3 * at);
        const Pixels<L> b = load_pixels<L>(tile.row[2 * r + 1] + 3 * at);
        L::store(y + 2 * r * tile_width + at, whole_sample<L>(a.y()));
        L::store(y + (2 * r + 1) * tile_width + at, whole_sample<L>(b.y()));
        cb_sum[half] = L::add(whole<L>(a.cb()), whole<L>(b.cb()));
        cr_sum[half] = L::add(whole<L>(a.cr()), whole<L>(b.cr()));
      }
      const std::int64_t at = r * tile_width + x / 2;
      L::store(cb + at, mean_sample<L, 2>(L::pair_sums(cb_sum[0], cb_sum[1])));
      L::store(cr + at, mean_sample<L, 2>(L::pair_sums(cr_sum[0], cr_sum[1])));
    }
  }
}

// ---- transform and quantisation

/// Loeffler's one-dimensional transform across eight registers, 2 sqrt(2) times orthonormal.
template <class L>
[[gnu::always_inline]] inline void transform_1d(Vector<L> (&x)[8]) {
  using V = Vector<L>;
  const auto times = [](V v, std::int16_t constant) { return L::mulhrs(v, L::all(constant)); };
  const V s0 = L::add(x[0], x[7]), d0 = L::sub(x[0], x[7]);
  const V s1 = L::add(x[1], x[6]), d1 = L::sub(x[1], x[6]);
  const V s2 = L::add(x[2], x[5]), d2 = L::sub(x[2], x[5]);
  const V s3 = L::add(x[3], x[4]), d3 = L::sub(x[3], x[4]);

  const V t0 = L::add(s0, s3), t3 = L::sub(s0, s3);
  const V t1 = L::add(s1, s2), t2 = L::sub(s1, s2);
  x[0] = L::add(t0, t1);
  x[4] = L::sub(t0, t1);
  x[2] = L::add(L::add(t3, times(t3, even_high)), times(t2, even_low));
  x[6] = L::sub(times(t3, even_low), L::add(t2, times(t2, even_high)));

  const V a = L::sub(times(d0, cos_3), times(d3, sin_3));
  const V b = L::add(times(d0, sin_3), times(d3, cos_3));
  const V c = L::add(times(d1, sin_1), times(d2, cos_1));
  const V d = L::sub(times(d1, cos_1), times(d2, sin_1));
  const V ac = L::add(a, c), bd = L::add(b, d);
  x[1] = L::add(ac, bd);
  x[7] = L::sub(ac, bd);
  const V a_c = L::sub(a, c), b_d = L::sub(b, d);
  x[3] = L::add(a_c, times(a_c, root_excess));
  x[5] = L::add(b_d, times(b_d, root_excess));
}

/// Transforms and quantises the L::blocks neighbouring blocks at `samples` into blocks `at` and
/// following of the scratch.
template <class L>
[[gnu::always_inline]] inline void transform_blocks(const std::int16_t* samples,
                                                    const Quantiser& quantiser, int at,
                                                    RowScratch& scratch) {
  Vector<L> x[8];
  for (int i = 0; i < 8; ++i) x[i] = L::load(samples + i * tile_width);
  transform_1d<L>(x);
  for (Vector<L>& v : x) v = L::mulhrs(v, L::all(pass_scale));
  L::transpose(x);
  transform_1d<L>(x);
  for (int i = 0; i < 8; ++i) {
    const Vector<L> scaled = L::mulh(x[i], L::load_repeated(quantiser.factor.data() + 8 * i));
    x[i] = L::mulhrs(scaled, L::load_repeated(quantiser.scale.data() + 8 * i));
  }
  std::int16_t* const whole = scratch.coefficients.data() + 64 * at;
  L::store(whole, x[0]);
  if (!L::store_blocks(x, scratch.block.data() + at)) {
    for (int i = 1; i < 8; ++i) L::store(whole + L::lanes * i, x[i]);
  }
}

/// All blocks of `rows` block rows and `columns` block columns of a plane.
template <class L>
void transform_plane(const std::int16_t* plane, int rows, int columns, const Quantiser& quantiser,
                     int at, RowScratch& scratch) {
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; column += L::blocks) {
      transform_blocks<L>(plane + (row * tile_width + column) * 8, quantiser,
                          at + row * columns + column, scratch);
    }
  }
}

// ---- a row

/// The sampling of one kind of image: luminance blocks per MCU, and its components.
template <int Across, int Down, int Components>
struct Sampling {
  static constexpr int across = Across;
  static constexpr int down = Down;
  static constexpr int components = Components;
  static constexpr int luma_columns = tile_width / 8;
  static constexpr int chroma_columns = luma_columns / Across;
  static constexpr int luma_blocks = luma_columns * Down;
  static constexpr std::int64_t mcu_width = 8 * Across;
  static constexpr std::int64_t pixel_rows = 8 * Down;
};

template <class L, class S>
class RowEncoder {
 public:
  RowEncoder(const RowJob& job, RowScratch& scratch, EncodedBytes& out)
      : job_(job), scratch_(scratch), out_(out), luma_block_columns_((job.width + 7) / 8) {
    writer_.out = scratch.scan.data();
  }

  void run() {
    for (std::int64_t x = 0; x < job_.width; x += tile_width) {
      convert(tile_at(x));
      transform();
      encode(x);
      if (writer_.out - scratch_.scan.data() > RowScratch::drain_bytes) drain();
    }
    writer_.pad();
    drain();
  }

 private:
  /// The rows of the tile that begins at pixel `x`; at the right edge a copy in which the last
  /// pixel of each row is repeated.
  TileRows tile_at(std::int64_t x) {
    const std::int64_t width = std::min(tile_width, job_.width - x);
    const std::uint8_t* from = job_.pixels + x * S::components;
    std::int64_t stride = job_.stride();
    if (width < tile_width) {
      copy_edge(from, width);
      from = scratch_.edge.data();
      stride = tile_width * S::components;
    }
    TileRows tile;
    for (std::int64_t r = 0; r < S::pixel_rows; ++r) {
      tile.row[r] = from + std::min(r, job_.rows - 1) * stride;
      if (width == tile_width) prefetch(tile.row[r]);
    }
    return tile;
  }

  static void prefetch(const std::uint8_t* row) {
    constexpr std::int64_t ahead = 4 * tile_width * S::components;
    for (std::int64_t byte = 0; byte < tile_width * S::components; byte += 64) {
      __builtin_prefetch(row + ahead + byte, 0, 2);  // into the second level; the first is in use
    }
  }

  void copy_edge(const std::uint8_t* from, std::int64_t width) {
    for (std::int64_t r = 0; r < job_.rows; ++r) {
      std::uint8_t* const to = scratch_.edge.data() + r * tile_width * S::components;
      std::memcpy(to, from + r * job_.stride(), static_cast<std::size_t>(width * S::components));
      for (std::int64_t x = width * S::components; x < tile_width * S::components; ++x) {
        to[x] = to[x - S::components];
      }
    }
  }

  void convert(const TileRows& tile) {
    Plane y = scratch_.plane[0].data(), cb = scratch_.plane[1].data(),
          cr = scratch_.plane[2].data();
    if constexpr (S::components == 1) {
      convert_grey<L>(tile, y);
    } else if constexpr (S::across == 1) {
      convert_444<L>(tile, y, cb, cr);
    } else if constexpr (S::down == 1) {
      convert_422<L>(tile, y, cb, cr);
    } else {
      convert_420<L>(tile, y, cb, cr);
    }
  }

  void transform() {
    transform_plane<L>(scratch_.plane[0].data(), S::down, S::luma_columns,
                       job_.tables->quantiser[0], 0, scratch_);
    for (int c = 1; c < S::components; ++c) {
      transform_plane<L>(scratch_.plane[c].data(), 1, S::chroma_columns, job_.tables->quantiser[1],
                         S::luma_blocks + (c - 1) * S::chroma_columns, scratch_);
    }
  }

  void encode(std::int64_t x) {
    const std::int64_t left = job_.width - x;
    const int mcus =
        static_cast<int>((std::min(left, tile_width) + S::mcu_width - 1) / S::mcu_width);
    std::uint16_t* end = scratch_.symbols.data();
    for (int mcu = 0; mcu < mcus; ++mcu) {
      for (int down = 0; down < S::down; ++down) {
        for (int across = 0; across < S::across; ++across) {
          const int column = mcu * S::across + across;
          const bool inside = x / 8 + column < luma_block_columns_ && 8 * down < job_.rows;
          end = inside ? list(down * S::luma_columns + column, 0, end) : list_outside(end);
        }
      }
      for (int c = 1; c < S::components; ++c) {
        end = list(S::luma_blocks + (c - 1) * S::chroma_columns + mcu, c, end);
      }
    }
    std::fill_n(end, 3, static_cast<std::uint16_t>(EntropyTable::nothing));
    put_symbols(writer_, scratch_.symbols.data(), end, job_.tables->entropy->entry.data());
  }

  /// Lists the symbols of a block at `to`; returns where they end.
  [[gnu::always_inline]] std::uint16_t* list(int index, int component, std::uint16_t* to) {
    Block& block = scratch_.block[static_cast<std::size_t>(index)];
    const int first = index / L::blocks * L::blocks * 64 + index % L::blocks * 8;
    const Coefficients<L::lanes> coefficients{scratch_.coefficients.data() + first};
    const std::uint32_t table = component == 0 ? 0 : EntropyTable::symbols;
    const std::int32_t difference = coefficients.dc() - last_dc_[component];
    last_dc_[component] = coefficients.dc();
    *to++ = static_cast<std::uint16_t>(table + EntropyTable::no_difference +
                                       static_cast<std::uint32_t>(difference));
    return L::list(block, coefficients, table, to);
  }

  /// A luminance block outside the image, there to fill the MCU, repeats the DC coefficient before
  /// it and has no others (T.81, A.2.4 leaves that to the encoder).
  static std::uint16_t* list_outside(std::uint16_t* to) {
    *to++ = EntropyTable::no_difference;
    *to++ = EntropyTable::end_of_block;
    return to;
  }

  /// Hands the whole bytes on, stuffed; up to 7 bits stay in the writer.
  void drain() {
    writer_.flush();
    append_stuffed<L>(scratch_.scan.data(), writer_.out, out_);
    writer_.out = scratch_.scan.data();
  }

  const RowJob& job_;
  RowScratch& scratch_;
  EncodedBytes& out_;
  std::int64_t luma_block_columns_;
  BitWriter writer_;
  std::int32_t last_dc_[3] = {0, 0, 0};
};

template <class L>
void encode_row_with(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  if (job.channels == 1) return RowEncoder<L, Sampling<1, 1, 1>>(job, scratch, out).run();
  switch (job.subsampling) {
    case Subsampling::s444:
      return RowEncoder<L, Sampling<1, 1, 3>>(job, scratch, out).run();
    case Subsampling::s422:
      return RowEncoder<L, Sampling<2, 1, 3>>(job, scratch, out).run();
    case Subsampling::s420:
      return RowEncoder<L, Sampling<2, 2, 3>>(job, scratch, out).run();
  }
}

}  // namespace
}  // namespace scalelaw::jpeg
