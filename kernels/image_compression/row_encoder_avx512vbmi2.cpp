#include "kernels/image_compression/avx512_lanes.hpp"

namespace scalelaw::jpeg {
namespace {

/// Uses the byte permutations across a whole register of AVX-512 VBMI, the compressions of VBMI2
/// and the sums of products of VNNI.
struct Vbmi2Lanes : Avx512Lanes {
  /// Like Pairs, but `low` holds the first 16 pixels.
  struct PixelPairs {
    V low, high;
  };

  static void load_rgb(const std::uint8_t* from, PixelPairs& red_green, PixelPairs& blue_green) {
    const V first = _mm512_loadu_si512(from);      // pixels 0 to 20
    const V last = _mm512_loadu_si512(from + 32);  // its byte 16 begins pixel 16
    red_green = {channels(first, 0, 0, 1), channels(last, 16, 0, 1)};
    blue_green = {channels(first, 0, 2, 1), channels(last, 16, 2, 1)};
  }

  template <int Offset>
  static V sum(V pairs, Weights w) {
    return plus(_mm512_set1_epi32(Offset), pairs, w);
  }
  static V plus(V sums, V pairs, Weights w) {
    return _mm512_dpwssd_epi32(sums, pairs, all_pairs(w));
  }
  static V high_halves(const Pairs& sums) { return high_halves<4>(sums.low, sums.high); }
  static V high_halves(const PixelPairs& sums) { return high_halves<16>(sums.low, sums.high); }

  /// Neighbours in a row are multiplied in pairs, so rows are transposed in pairs.
  template <class>
  [[gnu::always_inline]] static void transform_rows(V (&x)[8]) {
    transform_four_rows(x);
    transform_four_rows(x + 4);
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    V packed[4];
    for (int i = 0; i < 4; ++i) packed[i] = _mm512_packs_epi16(x[2 * i], x[2 * i + 1]);
    // Rows 0 to 3 and 4 to 7 of two blocks each.
    const V upper[2] = {_mm512_shuffle_i32x4(packed[0], packed[1], 0x44),
                        _mm512_shuffle_i32x4(packed[0], packed[1], 0xee)};
    const V lower[2] = {_mm512_shuffle_i32x4(packed[2], packed[3], 0x44),
                        _mm512_shuffle_i32x4(packed[2], packed[3], 0xee)};
    __mmask64 wide = 0;
    for (int i = 0; i < 4; ++i) {
      const V bytes = _mm512_maskz_permutex2var_epi8(~std::uint64_t{1}, upper[i / 2],
                                                     zigzag_of_two(i % 2), lower[i / 2]);
      _mm512_store_si512(out[i].bytes.data(), bytes);
      wide |= extreme(bytes);
    }
    return wide == 0;
  }

  /// Compresses the nonzero values, and their places.  The differences of the places are the steps
  /// from one value to the next; a symbol is 256 times a step plus a value.
  template <int stride>
  [[gnu::always_inline]] static std::uint16_t* list(Block& block, Coefficients<stride> coefficients,
                                                    std::uint32_t table, std::uint16_t* to) {
    const V bytes = _mm512_load_si512(block.bytes.data());
    const __mmask64 nonzero = _mm512_test_epi8_mask(bytes, bytes);
    const V places = _mm512_maskz_compress_epi8(nonzero, ascending(0));
    const V before = _mm512_maskz_permutexvar_epi8(~std::uint64_t{1}, ascending(-1), places);
    const V steps = _mm512_subs_epu8(places, before);
    const __mmask64 far =
        _mm512_cmpgt_epu8_mask(steps, _mm512_set1_epi8(EntropyTable::longest_step));
    if ((far | extreme(bytes)) != 0) [[unlikely]] {
      block.nonzero = nonzero;
      return list_block(block, coefficients, table, to);
    }
    const V values = _mm512_maskz_compress_epi8(nonzero, bytes);
    const V high = _mm512_add_epi8(steps, _mm512_set1_epi8(static_cast<char>(table / 256)));
    const std::int64_t count = std::popcount(std::uint64_t{nonzero});
    _mm512_storeu_si512(to, interleaved(values, high, 0));
    if (count > 32) _mm512_storeu_si512(to + 32, interleaved(values, high, 32));
    to += count;
    *to = static_cast<std::uint16_t>(table + EntropyTable::end_of_block);
    return to + (nonzero >> 63 == 0 ? 1 : 0);
  }

 private:
  /// Two channels of the 16 pixels that start at byte `from`, as pairs.
  static V channels(V bytes, int from, int first, int second) {
    alignas(64) std::uint8_t index[64];
    for (int i = 0; i < 16; ++i) {
      index[4 * i] = index[4 * i + 1] = static_cast<std::uint8_t>(from + 3 * i + first);
      index[4 * i + 2] = index[4 * i + 3] = static_cast<std::uint8_t>(from + 3 * i + second);
    }
    return _mm512_maskz_permutexvar_epi8(0x5555555555555555, _mm512_load_si512(index), bytes);
  }

  [[gnu::always_inline]] static void transform_four_rows(V* x) {
    transpose_pairs(x);
    const V p76 = _mm512_rol_epi32(x[3], 16), p54 = _mm512_rol_epi32(x[2], 16);
    const V s01 = add(x[0], p76), d01 = sub(x[0], p76);
    const V s23 = add(x[1], p54), d23 = sub(x[1], p54);
    for (int i = 0; i < 4; ++i) {
      const FourWeights &even = even_output[i], &odd = odd_output[i];
      x[i] = high_pairs(plus(sum<one_half>(s01, even.first), s23, even.last),
                        plus(sum<one_half>(d01, odd.first), d23, odd.last));
    }
    transpose_pairs(x);
  }

  /// Transposes four rows of four pairs in each quarter.
  [[gnu::always_inline]] static void transpose_pairs(V* x) {
    const V a = _mm512_unpacklo_epi32(x[0], x[1]), b = _mm512_unpackhi_epi32(x[0], x[1]);
    const V c = _mm512_unpacklo_epi32(x[2], x[3]), d = _mm512_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm512_unpacklo_epi64(a, c);
    x[1] = _mm512_unpackhi_epi64(a, c);
    x[2] = _mm512_unpacklo_epi64(b, d);
    x[3] = _mm512_unpackhi_epi64(b, d);
  }
  /// The high halves of two registers of sums as pairs.
  static V high_pairs(V first, V second) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(first, 16), second);
  }

  /// The high halves of sums, alternately `run` of `low` and `run` of `high`.
  template <int run>
  static V high_halves(V low, V high) {
    alignas(64) std::uint16_t index[32];
    for (int i = 0; i < 32; ++i) {
      const int lane = i / (2 * run) * run + i % run;
      index[i] = static_cast<std::uint16_t>(i % (2 * run) / run * 32 + 2 * lane + 1);
    }
    return _mm512_permutex2var_epi16(low, _mm512_load_si512(index), high);
  }

  /// Zig-zag indices for block `which` of two.  One register holds rows 0 and 1 of both blocks,
  /// then rows 2 and 3; another holds the rest.
  static V zigzag_of_two(int which) {
    alignas(64) std::uint8_t index[64];
    for (std::size_t k = 0; k < 64; ++k) {
      const int row_pair = zigzag[k] / 16;
      index[k] = static_cast<std::uint8_t>(row_pair / 2 * 64 + row_pair % 2 * 32 + which * 16 +
                                           zigzag[k] % 16);
    }
    return _mm512_load_si512(index);
  }

  /// Values without a symbol, or possibly limited: 127 and -128.
  static __mmask64 extreme(V bytes) {
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(127)),
                                  _mm512_set1_epi8(2));
  }

  static V ascending(int first) {
    alignas(64) std::uint8_t out[64];
    for (int i = 0; i < 64; ++i) out[i] = static_cast<std::uint8_t>(first + i);
    return _mm512_load_si512(out);
  }

  /// Lanes of 16 bits that alternate 32 bytes of `low` and of `high`, beginning at `first`.
  static V interleaved(V low, V high, int first) {
    alignas(64) std::uint8_t index[64];
    for (int i = 0; i < 32; ++i) {
      index[2 * i] = static_cast<std::uint8_t>(first + i);
      index[2 * i + 1] = static_cast<std::uint8_t>(64 + first + i);
    }
    return _mm512_permutex2var_epi8(low, _mm512_load_si512(index), high);
  }
};

}  // namespace

void encode_row_avx512vbmi2(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  encode_row_with<Vbmi2Lanes>(job, scratch, out);
}

}  // namespace scalelaw::jpeg
