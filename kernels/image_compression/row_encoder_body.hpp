#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/entropy_coder.hpp"
#include "kernels/image_compression/row_encoder.hpp"

// The encoder, written once over a type Lanes of vector operations.  Each code path supplies Lanes
// and compiles the encoder for its own instruction set; hence the unnamed namespace.
//
// Lanes::V is a register of 8 * Lanes::blocks lanes of 16 bits: one row of that many neighbouring
// blocks.  Lanes::Pairs and PixelPairs are the lanes of two registers, in whatever order suits
// products; weighted<Lanes, Offset>(pairs, weights, ...) is (the sum of products + Offset) >> 16 in
// each lane.  Everything from pixels to bits works on a tile of 64 pixels times one MCU's height.
namespace scalelaw::jpeg {
namespace {

constexpr std::int64_t tile_width = RowScratch::tile_width;

template <class L>
using Vector = typename L::V;

/// For vector types without a faster way to list a block's symbols.
struct ListsByWalking {
  template <int stride>
  [[gnu::always_inline]] static std::uint16_t* list(const Block& block,
                                                    Coefficients<stride> coefficients,
                                                    std::uint32_t table, std::uint16_t* to) {
    return list_block(block, coefficients, table, to);
  }
};

/// For vector types whose pairs lie in a `low` and a `high` register: `plus` adds products to
/// 32-bit sums, starting from `sum`, and `high_halves` recombines two registers of them.
struct WeightedByHalves {
  template <class L, int Offset, class Pairs>
  [[gnu::always_inline]] static Vector<L> weighted(const Pairs& p, Weights u) {
    return L::high_halves(
        Pairs{L::template sum<Offset>(p.low, u), L::template sum<Offset>(p.high, u)});
  }
  template <class L, int Offset, class Pairs>
  [[gnu::always_inline]] static Vector<L> weighted(const Pairs& p, Weights u, const Pairs& q,
                                                   Weights w) {
    return L::high_halves(Pairs{L::plus(L::template sum<Offset>(p.low, u), q.low, w),
                                L::plus(L::template sum<Offset>(p.high, u), q.high, w)});
  }
};

// ---- colour

template <class L>
struct Pixels {
  typename L::PixelPairs red_green, blue_green;

  // As whole numbers; luminance less 128.
  [[gnu::always_inline]] Vector<L> y() const {
    return L::template weighted<L, luma_offset>(red_green, luma_red_green, blue_green,
                                                luma_blue_green);
  }
  [[gnu::always_inline]] Vector<L> minus_cb() const {
    return L::template weighted<L, one_half>(red_green, minus_cb_red_green, blue_green,
                                             minus_cb_blue_green);
  }
  [[gnu::always_inline]] Vector<L> minus_cr() const {
    return L::template weighted<L, one_half>(red_green, minus_cr_red_green, blue_green,
                                             minus_cr_blue_green);
  }
};

template <class L>
[[gnu::always_inline]] inline Pixels<L> load_pixels(const std::uint8_t* from) {
  Pixels<L> out;
  L::load_rgb(from, out.red_green, out.blue_green);
  return out;
}

template <class L>
[[gnu::always_inline]] inline Vector<L> sample(Vector<L> whole) {
  return L::template shift_left<sample_bits>(whole);
}

/// A chroma sample from its negative.
template <class L>
[[gnu::always_inline]] inline Vector<L> minus_sample(Vector<L> minus) {
  return L::mul(minus, L::all(-(1 << sample_bits)));
}

/// The mean of 2^Bits neighbouring chroma values, as samples, from the sum of their negatives.
/// Halves are rounded up and down in turn.
template <class L, int Bits>
[[gnu::always_inline]] inline Vector<L> mean_sample(Vector<L> minus_sums) {
  const Vector<L> rounding = L::alternating(Bits == 1 ? 0 : 1, Bits == 1 ? 1 : 2);
  return sample<L>(L::template shift_right_signed<Bits>(L::sub(rounding, minus_sums)));
}

/// The start of each pixel row of a tile; rows below the image repeat its last one.
struct TileRows {
  const std::uint8_t* row[RowScratch::tile_rows];
};

using Plane = std::int16_t*;  ///< rows of tile_width samples

template <class L>
void convert_grey(const TileRows& tile, Plane y) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += L::lanes) {
      L::store(y + r * tile_width + x,
               sample<L>(L::add(L::load_bytes(tile.row[r] + x), L::all(-128))));
    }
  }
}

template <class L>
void convert_444(const TileRows& tile, Plane y, Plane cb, Plane cr) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += L::lanes) {
      const Pixels<L> p = load_pixels<L>(tile.row[r] + 3 * x);
      const std::int64_t at = r * tile_width + x;
      L::store(y + at, sample<L>(p.y()));
      L::store(cb + at, minus_sample<L>(p.minus_cb()));
      L::store(cr + at, minus_sample<L>(p.minus_cr()));
    }
  }
}

template <class L>
void convert_422(const TileRows& tile, Plane y, Plane cb, Plane cr) {
  for (int r = 0; r < 8; ++r) {
    for (std::int64_t x = 0; x < tile_width; x += 2 * L::lanes) {
      const Pixels<L> a = load_pixels<L>(tile.row[r] + 3 * x);
      const Pixels<L> b = load_pixels<L>(tile.row[r] + 3 * (x + L::lanes));
      L::store(y + r * tile_width + x, sample<L>(a.y()));
      L::store(y + r * tile_width + x + L::lanes, sample<L>(b.y()));
      const std::int64_t at = r * tile_width + x / 2;
      L::store(cb + at, mean_sample<L, 1>(L::pair_sums(a.minus_cb(), b.minus_cb())));
      L::store(cr + at, mean_sample<L, 1>(L::pair_sums(a.minus_cr(), b.minus_cr())));
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
        L::store(y + 2 * r * tile_width + at, sample<L>(a.y()));
        L::store(y + (2 * r + 1) * tile_width + at, sample<L>(b.y()));
        cb_sum[half] = L::add(a.minus_cb(), b.minus_cb());
        cr_sum[half] = L::add(a.minus_cr(), b.minus_cr());
      }
      const std::int64_t at = r * tile_width + x / 2;
      L::store(cb + at, mean_sample<L, 2>(L::pair_sums(cb_sum[0], cb_sum[1])));
      L::store(cr + at, mean_sample<L, 2>(L::pair_sums(cr_sum[0], cr_sum[1])));
    }
  }
}

// ---- transform and quantisation

/// The weights of four inputs, twice the 13-bit constants, so that the high half holds a sum
/// of products.
struct FourWeights {
  constexpr FourWeights(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d)
      : first{twice(a), twice(b)}, last{twice(c), twice(d)} {}
  static constexpr std::int16_t twice(std::int32_t constant) {
    return static_cast<std::int16_t>(2 * constant);
  }
  Weights first, last;
};

/// Output 2 i + 1 of the transform, from the differences between the inputs 0 and 7, 1 and 6, 2 and
/// 5, 3 and 4: Loeffler's flow graph multiplied out.
constexpr FourWeights odd_output[4] = {
    {c1_501 - c0_899 - c0_390 + c1_175, c1_175, c1_175 - c0_390, c1_175 - c0_899},
    {c1_175, c3_072 - c1_961 - c2_562 + c1_175, c1_175 - c2_562, c1_175 - c1_961},
    {c1_175 - c0_390, c1_175 - c2_562, c2_053 - c2_562 - c0_390 + c1_175, c1_175},
    {c1_175 - c0_899, c1_175 - c1_961, c1_175, c0_298 - c0_899 - c1_961 + c1_175}};

/// Output 2 i, from the sums of the same inputs.
constexpr FourWeights even_output[4] = {{8192, 8192, 8192, 8192},
                                        {c0_541 + c0_765, c0_541, -c0_541, -c0_541 - c0_765},
                                        {8192, -8192, -8192, 8192},
                                        {c0_541, c0_541 - c1_847, c1_847 - c0_541, -c0_541}};

/// The one-dimensional transform across eight registers, 2 sqrt(2) times orthonormal divided by 4.
/// Half of the even outputs need no products.
template <class L>
[[gnu::always_inline]] inline void transform_1d(Vector<L> (&x)[8]) {
  using V = Vector<L>;
  const V s0 = L::add(x[0], x[7]), d0 = L::sub(x[0], x[7]);
  const V s1 = L::add(x[1], x[6]), d1 = L::sub(x[1], x[6]);
  const V s2 = L::add(x[2], x[5]), d2 = L::sub(x[2], x[5]);
  const V s3 = L::add(x[3], x[4]), d3 = L::sub(x[3], x[4]);

  const V t0 = L::add(s0, s3), t3 = L::sub(s0, s3);
  const V t1 = L::add(s1, s2), t2 = L::sub(s1, s2);
  x[0] = L::quarter(L::add(t0, t1));
  x[4] = L::quarter(L::sub(t0, t1));
  const auto t = L::pairs(t3, t2);
  x[2] = L::template weighted<L, one_half>(t, even_output[1].first);
  x[6] = L::template weighted<L, one_half>(t, even_output[3].first);

  const auto odd = [p = L::pairs(d0, d1), q = L::pairs(d2, d3)](const FourWeights& w) {
    return L::template weighted<L, one_half>(p, w.first, q, w.last);
  };
  // No loop: GCC would not treat the weights as constants, and would multiply in plain C++.
  x[1] = odd(odd_output[0]);
  x[3] = odd(odd_output[1]);
  x[5] = odd(odd_output[2]);
  x[7] = odd(odd_output[3]);
}

/// For vector types without a shorter way to transform a block's rows.
struct RowsByTransposing {
  template <class L>
  [[gnu::always_inline]] static void transform_rows(Vector<L> (&x)[8]) {
    L::transpose(x);
    transform_1d<L>(x);
    L::transpose(x);
  }
};

/// Transforms and quantises the L::blocks neighbouring blocks at `samples` into the blocks of the
/// scratch from `at` on.
template <class L>
[[gnu::always_inline]] inline void transform_blocks(const std::int16_t* samples,
                                                    const Quantiser& quantiser, int at,
                                                    RowScratch& scratch) {
  Vector<L> x[8];
  for (int i = 0; i < 8; ++i) x[i] = L::load(samples + i * tile_width);
  L::template transform_rows<L>(x);
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
  /// The rows of the tile that begins at pixel `x`; at the right edge, a copy that repeats the last
  /// pixel of each row.
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
      __builtin_prefetch(row + ahead + byte, 0, 2);  // into the second level; the first is full
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
      repeat_chroma(cb);
      repeat_chroma(cr);
    }
  }

  /// Repeats the last row of subsampled chroma below the image.
  void repeat_chroma(Plane plane) {
    const std::int64_t present = (job_.rows + 1) / 2;
    for (std::int64_t r = present; r < 8; ++r) {
      std::copy_n(plane + (present - 1) * tile_width, tile_width / 2, plane + r * tile_width);
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

  /// Lists a luminance block that fills the MCU outside the image: it repeats the previous DC
  /// coefficient and has no others (T.81, A.2.4 leaves that to the encoder).
  static std::uint16_t* list_outside(std::uint16_t* to) {
    *to++ = EntropyTable::no_difference;
    *to++ = EntropyTable::end_of_block;
    return to;
  }

  /// Appends the whole bytes, stuffed; up to 7 bits stay in the writer.
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
