#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/image_compression/row_encoder_body.hpp"
#include "kernels/image_compression/zigzag_shuffle.hpp"

namespace scalelaw::jpeg {
namespace {

/// Sixteen lanes: rows of two neighbouring blocks, one in each half of a register.
struct Avx2Lanes : ListsByWalking, RowsByTransposing, WeightedByHalves {
  using V = __m256i;
  static constexpr int lanes = 16;
  static constexpr int blocks = 2;
  static constexpr std::int64_t scan_bytes = 32;

  static V load(const std::int16_t* from) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
  }
  static V load_repeated(const std::int16_t* from) {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static void store(std::int16_t* to, V v) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(to), v);
  }
  static V all(std::int16_t value) { return _mm256_set1_epi16(value); }
  static V alternating(std::int16_t even, std::int16_t odd) {
    return _mm256_set1_epi32(odd << 16 | even);
  }

  static V add(V a, V b) { return _mm256_add_epi16(a, b); }
  static V sub(V a, V b) { return _mm256_sub_epi16(a, b); }
  template <int Bits>
  static V shift_left(V v) {
    return _mm256_slli_epi16(v, Bits);
  }
  template <int Bits>
  static V shift_right_signed(V v) {
    return _mm256_srai_epi16(v, Bits);
  }
  static V mul(V a, V b) { return _mm256_mullo_epi16(a, b); }
  static V mulh(V a, V b) { return _mm256_mulhi_epi16(a, b); }
  static V mulhrs(V a, V b) { return _mm256_mulhrs_epi16(a, b); }
  static V quarter(V v) { return mulhrs(v, all(1 << 13)); }

  /// Lanes of two registers side by side; `low` holds those of each half's first half.
  struct Pairs {
    V low, high;
  };
  using PixelPairs = Pairs;
  static Pairs pairs(V a, V b) {
    return {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
  }

  template <int Offset>
  static V sum(V pairs, Weights w) {
    return plus(_mm256_set1_epi32(Offset), pairs, w);
  }
  static V plus(V sums, V pairs, Weights w) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, all_pairs(w)));
  }
  static V high_halves(const Pairs& sums) {
    return _mm256_packs_epi32(_mm256_srai_epi32(sums.low, 16), _mm256_srai_epi32(sums.high, 16));
  }

  /// Each half takes its 8 pixels, 24 bytes, from two overlapping 16-byte pieces: bytes 0 to 15,
  /// with the first four pixels, and 8 to 23.
  static void load_rgb(const std::uint8_t* from, Pairs& red_green, Pairs& blue_green) {
    const V low = halves(from, from + 24);
    const V high = halves(from + 8, from + 32);
    red_green = {channels<0, 0, 1>(low), channels<4, 0, 1>(high)};
    blue_green = {channels<0, 2, 1>(low), channels<4, 2, 1>(high)};
  }
  static V load_bytes(const std::uint8_t* from) { return _mm256_cvtepu8_epi16(load16(from)); }

  static V pair_sums(V a, V b) {
    return _mm256_permute4x64_epi64(_mm256_hadd_epi16(a, b), 0b11'01'10'00);
  }

  static void transpose(V (&x)[8]) {
    V a[8], b[8];
    for (int i = 0; i < 4; ++i) {
      a[2 * i] = _mm256_unpacklo_epi16(x[2 * i], x[2 * i + 1]);
      a[2 * i + 1] = _mm256_unpackhi_epi16(x[2 * i], x[2 * i + 1]);
    }
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) {
        b[4 * i + 2 * j] = _mm256_unpacklo_epi32(a[4 * i + j], a[4 * i + 2 + j]);
        b[4 * i + 2 * j + 1] = _mm256_unpackhi_epi32(a[4 * i + j], a[4 * i + 2 + j]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      x[2 * i] = _mm256_unpacklo_epi64(b[i], b[4 + i]);
      x[2 * i + 1] = _mm256_unpackhi_epi64(b[i], b[4 + i]);
    }
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    V packed[4];
    for (int i = 0; i < 4; ++i) {
      packed[i] = _mm256_packs_epi16(x[2 * i], x[2 * i + 1]);
    }
    const V first = zigzag_part<0>(packed), second = zigzag_part<1>(packed);
    const V third = zigzag_part<2>(packed), fourth = zigzag_part<3>(packed);
    store_zigzag(out[0], _mm256_permute2x128_si256(first, second, 0x20),
                 _mm256_permute2x128_si256(third, fourth, 0x20));
    store_zigzag(out[1], _mm256_permute2x128_si256(first, second, 0x31),
                 _mm256_permute2x128_si256(third, fourth, 0x31));
    return false;
  }

  static std::int64_t copy_until_ff(const std::uint8_t* from, std::uint8_t* to) {
    const V bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    const auto found = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(-1))));
    return found == 0 ? scan_bytes : std::countr_zero(found);
  }

 private:
  static __m128i load16(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static V halves(const std::uint8_t* first, const std::uint8_t* second) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(first)), load16(second), 1);
  }

  static V all_pairs(Weights w) {
    return _mm256_set1_epi32(static_cast<std::uint16_t>(w.first) | w.second * 65536);
  }
  /// Two channels of the four pixels that start at byte From of each half, as pairs.
  template <int From, int First, int Second>
  [[gnu::always_inline]] static V channels(V bytes) {
    constexpr auto at = [](int pixel, int c) { return static_cast<char>(From + 3 * pixel + c); };
    constexpr char none = static_cast<char>(0x80);
    return _mm256_shuffle_epi8(
        bytes,
        _mm256_broadcastsi128_si256(_mm_setr_epi8(
            at(0, First), none, at(0, Second), none, at(1, First), none, at(1, Second), none,
            at(2, First), none, at(2, Second), none, at(3, First), none, at(3, Second), none)));
  }

  template <int Output>
  [[gnu::always_inline]] static V zigzag_part(const V (&packed)[4]) {
    V out = _mm256_setzero_si256();
    for (int i = 0; i < 4; ++i) {
      if (ZigzagShuffle::empty(Output, i)) continue;
      const auto* index = reinterpret_cast<const __m128i*>(zigzag_shuffle.index[Output][i].data());
      const V part =
          _mm256_shuffle_epi8(packed[i], _mm256_broadcastsi128_si256(_mm_load_si128(index)));
      out = _mm256_or_si256(out, part);
    }
    return out;
  }

  [[gnu::always_inline]] static void store_zigzag(Block& out, V low, V high) {
    auto* const to = reinterpret_cast<__m256i*>(out.bytes.data());
    _mm256_store_si256(to, low);
    _mm256_store_si256(to + 1, high);
    out.nonzero = ~(std::uint64_t{zeros(high)} << 32 | zeros(low));
  }
  static std::uint32_t zeros(V v) {
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256())));
  }
};

}  // namespace

void encode_row_avx2(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  encode_row_with<Avx2Lanes>(job, scratch, out);
}

}  // namespace scalelaw::jpeg
