#include "kernels/image_compression/avx512_lanes.hpp"

namespace scalelaw::jpeg {
namespace {

/// With the byte permutations across a whole register of AVX-512 VBMI and the compressions of
/// VBMI2.
struct Vbmi2Lanes : Avx512Lanes {
  static void load_rgb(const std::uint8_t* from, V& red, V& green, V& blue) {
    const V first = _mm512_loadu_si512(from);
    const V last =
        _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 64)));
    red = channel(first, last, 0);
    green = channel(first, last, 1);
    blue = channel(first, last, 2);
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    V packed[4], blocks[4];
    for (int i = 0; i < 4; ++i) packed[i] = _mm512_packs_epi16(x[2 * i], x[2 * i + 1]);
    gather_quarters(packed[0], packed[1], packed[2], packed[3], blocks);
    const V order = _mm512_loadu_si512(zigzag_place.data());
    __mmask64 wide = 0;
    for (int i = 0; i < 4; ++i) {
      const V bytes = _mm512_maskz_permutexvar_epi8(~std::uint64_t{1}, order, blocks[i]);
      _mm512_store_si512(out[i].bytes.data(), bytes);
      wide |= extreme(bytes);
    }
    return wide == 0;
  }

  /// What is not zero is moved together, and so are its places, whose differences are the steps
  /// from one to the next: a symbol is 256 times a step and a value.
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
  /// Channel `c` of 32 pixels, each byte in the high half of its lane.
  static V channel(V first, V last, int c) {
    alignas(64) std::uint8_t index[64];
    for (int i = 0; i < 32; ++i)
      index[2 * i] = index[2 * i + 1] = static_cast<std::uint8_t>(3 * i + c);
    return _mm512_maskz_permutex2var_epi8(0xaaaaaaaaaaaaaaaa, first, _mm512_load_si512(index),
                                          last);
  }

  /// The values that have no symbols, or have been limited: 127 and -128.
  static __mmask64 extreme(V bytes) {
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(127)),
                                  _mm512_set1_epi8(2));
  }

  static V ascending(int first) {
    alignas(64) std::uint8_t out[64];
    for (int i = 0; i < 64; ++i) out[i] = static_cast<std::uint8_t>(first + i);
    return _mm512_load_si512(out);
  }

  /// Lanes of 16 bits from 32 bytes of `low` and of `high`, beginning at `first`.
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
