#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/image_compression/row_encoder_body.hpp"
#include "kernels/image_compression/zigzag_shuffle.hpp"

// Included by the code paths for AVX-512; each compiles it for its own instruction set.
namespace scalelaw::jpeg {
namespace {

/// Thirty-two lanes: rows of four neighbouring blocks, one in each quarter of a register.  Needs
/// only AVX-512BW.
struct Avx512Lanes : ListsByWalking, RowsByTransposing, WeightedByHalves {
  using V = __m512i;
  static constexpr int lanes = 32;
  static constexpr int blocks = 4;
  static constexpr std::int64_t scan_bytes = 64;

  static V load(const std::int16_t* from) { return _mm512_load_si512(from); }
  static V load_repeated(const std::int16_t* from) {
    return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static void store(std::int16_t* to, V v) { _mm512_store_si512(to, v); }
  static V all(std::int16_t value) { return _mm512_set1_epi16(value); }
  static V alternating(std::int16_t even, std::int16_t odd) {
    return _mm512_set1_epi32(odd << 16 | even);
  }

  static V add(V a, V b) { return _mm512_add_epi16(a, b); }
  static V sub(V a, V b) { return _mm512_sub_epi16(a, b); }
  template <int Bits>
  static V shift_left(V v) {
    return _mm512_slli_epi16(v, Bits);
  }
  template <int Bits>
  static V shift_right_signed(V v) {
    return _mm512_srai_epi16(v, Bits);
  }
  static V mul(V a, V b) { return _mm512_mullo_epi16(a, b); }
  static V mulh(V a, V b) { return _mm512_mulhi_epi16(a, b); }
  static V mulhrs(V a, V b) { return _mm512_mulhrs_epi16(a, b); }
  static V quarter(V v) { return mulhrs(v, all(1 << 13)); }

  /// Lanes of two registers side by side; `low` holds those of each quarter's first half.
  struct Pairs {
    V low, high;
  };
  using PixelPairs = Pairs;
  static Pairs pairs(V a, V b) {
    return {_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)};
  }

  template <int Offset>
  static V sum(V pairs, Weights w) {
    return plus(_mm512_set1_epi32(Offset), pairs, w);
  }
  static V plus(V sums, V pairs, Weights w) {
    return _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, all_pairs(w)));
  }
  static V high_halves(const Pairs& sums) {
    return _mm512_packs_epi32(_mm512_srai_epi32(sums.low, 16), _mm512_srai_epi32(sums.high, 16));
  }

  /// Each quarter takes its 8 pixels, 24 bytes, from two overlapping 16-byte pieces: bytes 0 to 15,
  /// with the first four pixels, and 8 to 23.  Two permutations of the 96 bytes gather the dwords.
  static void load_rgb(const std::uint8_t* from, Pairs& red_green, Pairs& blue_green) {
    const V first = _mm512_loadu_si512(from);
    const V last =
        _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 64)));
    const V low = _mm512_permutex2var_epi32(
        first, _mm512_setr_epi32(0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15, 18, 19, 20, 21), last);
    const V high = _mm512_permutex2var_epi32(
        first, _mm512_setr_epi32(2, 3, 4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 20, 21, 22, 23), last);
    red_green = {channels<0, 0, 1>(low), channels<4, 0, 1>(high)};
    blue_green = {channels<0, 2, 1>(low), channels<4, 2, 1>(high)};
  }
  static V load_bytes(const std::uint8_t* from) {
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }

  static V pair_sums(V a, V b) {
    const V even = _mm512_permutex2var_epi16(a, even_lanes(0), b);
    const V odd = _mm512_permutex2var_epi16(a, even_lanes(1), b);
    return add(even, odd);
  }

  static void transpose(V (&x)[8]) {
    V a[8], b[8];
    for (int i = 0; i < 4; ++i) {
      a[2 * i] = _mm512_unpacklo_epi16(x[2 * i], x[2 * i + 1]);
      a[2 * i + 1] = _mm512_unpackhi_epi16(x[2 * i], x[2 * i + 1]);
    }
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) {
        b[4 * i + 2 * j] = _mm512_unpacklo_epi32(a[4 * i + j], a[4 * i + 2 + j]);
        b[4 * i + 2 * j + 1] = _mm512_unpackhi_epi32(a[4 * i + j], a[4 * i + 2 + j]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      x[2 * i] = _mm512_unpacklo_epi64(b[i], b[4 + i]);
      x[2 * i + 1] = _mm512_unpackhi_epi64(b[i], b[4 + i]);
    }
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    V packed[4];
    for (int i = 0; i < 4; ++i) packed[i] = _mm512_packs_epi16(x[2 * i], x[2 * i + 1]);
    V bytes[4];
    gather_quarters(zigzag_part<0>(packed), zigzag_part<1>(packed), zigzag_part<2>(packed),
                    zigzag_part<3>(packed), bytes);
    for (int i = 0; i < 4; ++i) {
      _mm512_store_si512(out[i].bytes.data(), bytes[i]);
      out[i].nonzero = _mm512_test_epi8_mask(bytes[i], bytes[i]);
    }
    return false;
  }

  static std::int64_t copy_until_ff(const std::uint8_t* from, std::uint8_t* to) {
    const V bytes = _mm512_loadu_si512(from);
    _mm512_storeu_si512(to, bytes);
    return std::countr_zero(std::uint64_t{_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(-1))});
  }

 protected:
  static V even_lanes(std::int16_t offset) {
    alignas(64) std::int16_t index[32];
    for (int i = 0; i < 32; ++i) index[i] = static_cast<std::int16_t>(2 * i + offset);
    return _mm512_load_si512(index);
  }

  static V all_pairs(Weights w) {
    return _mm512_set1_epi32(static_cast<std::uint16_t>(w.first) | w.second * 65536);
  }
  /// Two channels of the four pixels that start at byte From of each quarter, as pairs.
  template <int From, int First, int Second>
  [[gnu::always_inline]] static V channels(V bytes) {
    constexpr auto at = [](int pixel, int c) { return static_cast<char>(From + 3 * pixel + c); };
    constexpr char none = static_cast<char>(0x80);
    return _mm512_shuffle_epi8(
        bytes,
        _mm512_broadcast_i32x4(_mm_setr_epi8(
            at(0, First), none, at(0, Second), none, at(1, First), none, at(1, Second), none,
            at(2, First), none, at(2, Second), none, at(3, First), none, at(3, Second), none)));
  }

  template <int Output>
  [[gnu::always_inline]] static V zigzag_part(const V (&packed)[4]) {
    V out = _mm512_setzero_si512();
    for (int i = 0; i < 4; ++i) {
      if (ZigzagShuffle::empty(Output, i)) continue;
      const auto* index = reinterpret_cast<const __m128i*>(zigzag_shuffle.index[Output][i].data());
      out = _mm512_or_si512(
          out, _mm512_shuffle_epi8(packed[i], _mm512_broadcast_i32x4(_mm_load_si128(index))));
    }
    return out;
  }

  /// out[q] is quarter q of a, b, c and d: a 4 x 4 transposition of quarters.
  [[gnu::always_inline]] static void gather_quarters(V a, V b, V c, V d, V (&out)[4]) {
    const V ab_low = _mm512_shuffle_i32x4(a, b, 0x44), ab_high = _mm512_shuffle_i32x4(a, b, 0xee);
    const V cd_low = _mm512_shuffle_i32x4(c, d, 0x44), cd_high = _mm512_shuffle_i32x4(c, d, 0xee);
    out[0] = _mm512_shuffle_i32x4(ab_low, cd_low, 0x88);
    out[1] = _mm512_shuffle_i32x4(ab_low, cd_low, 0xdd);
    out[2] = _mm512_shuffle_i32x4(ab_high, cd_high, 0x88);
    out[3] = _mm512_shuffle_i32x4(ab_high, cd_high, 0xdd);
  }
};

}  // namespace
}  // namespace scalelaw::jpeg
