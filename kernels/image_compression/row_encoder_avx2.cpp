#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/image_compression/row_encoder_body.hpp"
#include "kernels/image_compression/zigzag_shuffle.hpp"

namespace scalelaw::jpeg {
namespace {

/// Sixteen lanes: rows of two neighbouring blocks, one in each half of a register.
struct Avx2Lanes : ListsByWalking {
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
  static V all_unsigned(std::uint16_t value) { return all(static_cast<std::int16_t>(value)); }
  static V alternating(std::int16_t even, std::int16_t odd) {
    return _mm256_set1_epi32(odd << 16 | even);
  }

  static V add(V a, V b) { return _mm256_add_epi16(a, b); }
  static V sub(V a, V b) { return _mm256_sub_epi16(a, b); }
  static V bit_and(V a, V b) { return _mm256_and_si256(a, b); }
  template <int Bits>
  static V shift_left(V v) {
    return _mm256_slli_epi16(v, Bits);
  }
  template <int Bits>
  static V shift_right(V v) {
    return _mm256_srli_epi16(v, Bits);
  }
  template <int Bits>
  static V shift_right_signed(V v) {
    return _mm256_srai_epi16(v, Bits);
  }
  static V mulh(V a, V b) { return _mm256_mulhi_epi16(a, b); }
  static V mulhu(V a, V b) { return _mm256_mulhi_epu16(a, b); }
  static V mulhrs(V a, V b) { return _mm256_mulhrs_epi16(a, b); }

  /// Each half takes its 8 pixels, 24 bytes, from two overlapping sixteens: bytes 0 to 15 and 8 to
  /// 23.
  static void load_rgb(const std::uint8_t* from, V& red, V& green, V& blue) {
    const V low = halves(from, from + 24);
    const V high = halves(from + 8, from + 32);
    red = channel(low, high, 0);
    green = channel(low, high, 1);
    blue = channel(low, high, 2);
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

  /// Channel `c` of 8 pixels a half, each byte in the high half of its lane.
  [[gnu::always_inline]] static V channel(V low, V high, int c) {
    // Pixels 0 to 4 (red: 0 to 5) are whole in `low`, the others in `high`, which begins 8 later.
    const auto place = [c](int pixel, bool in_low) {
      const int byte = 3 * pixel + c;
      if (in_low) return static_cast<char>(byte < 16 ? byte : 0x80);
      return static_cast<char>(byte < 16 ? 0x80 : byte - 8);
    };
    const auto mask = [&](bool in_low) {
      constexpr char none = static_cast<char>(0x80);
      return _mm256_broadcastsi128_si256(
          _mm_setr_epi8(none, place(0, in_low), none, place(1, in_low), none, place(2, in_low),
                        none, place(3, in_low), none, place(4, in_low), none, place(5, in_low),
                        none, place(6, in_low), none, place(7, in_low)));
    };
    return _mm256_or_si256(_mm256_shuffle_epi8(low, mask(true)),
                           _mm256_shuffle_epi8(high, mask(false)));
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
