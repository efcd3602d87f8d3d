#include "kernels/image_compression/avx512_lanes.hpp"

namespace scalelaw::jpeg {
namespace {

/// With the byte permutations across a whole register of AVX-512 VBMI and the compressions of
/// VBMI2.
struct Vbmi2Lanes : Avx512Lanes {
  static constexpr bool lists_symbols = true;

  static void load_rgb(const std::uint8_t* from, V& red, V& green, V& blue) {
    const V first = _mm512_loadu_si512(from);
    const V last =
        _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 64)));
    red = channel(first, last, 0);
    green = channel(first, last, 1);
    blue = channel(first, last, 2);
  }

  static void store_blocks(const V (&x)[8], Block* out) {
    V packed[4], blocks[4];
    for (int i = 0; i < 4; ++i) packed[i] = _mm512_packs_epi16(x[2 * i], x[2 * i + 1]);
    gather_quarters(packed[0], packed[1], packed[2], packed[3], blocks);
    const V order = _mm512_loadu_si512(zigzag_place.data());
    for (int i = 0; i < 4; ++i) {
      store_block(_mm512_maskz_permutexvar_epi8(~std::uint64_t{1}, order, blocks[i]), out[i]);
    }
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

  /// The AC coefficients of a block as bytes in zig-zag order: what is not zero is moved together,
  /// and so are its places, whose differences are the steps from one to the next.
  [[gnu::always_inline]] static void store_block(V bytes, Block& out) {
    const __mmask64 nonzero = _mm512_test_epi8_mask(bytes, bytes);
    const V values = _mm512_maskz_compress_epi8(nonzero, bytes);
    const V places = _mm512_maskz_compress_epi8(nonzero, ascending(0));
    const V before = _mm512_maskz_permutexvar_epi8(~std::uint64_t{1}, ascending(-1), places);
    const V steps = _mm512_maskz_sub_epi8(_mm512_test_epi8_mask(places, places), places, before);
    const std::uint64_t rare =
        _mm512_cmpgt_epu8_mask(steps, _mm512_set1_epi8(16)) |
        // 127 and -128 have become 0 and 1.
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(values, _mm512_set1_epi8(127)), _mm512_set1_epi8(2));
    const auto count = static_cast<std::uint32_t>(std::popcount(std::uint64_t{nonzero}));
    const bool ends_early = nonzero >> 63 == 0;
    _mm512_store_si512(out.bytes.data(), bytes);
    out.nonzero = nonzero;
    _mm512_store_si512(out.symbols.data(), interleaved(values, steps, 0));
    _mm512_store_si512(out.symbols.data() + 32, interleaved(values, steps, 32));
    out.symbols[count] = ends_early ? EntropyTable::end_of_block : 0;
    out.symbol_count = rare != 0 ? 0 : count + (ends_early ? 1 : 0);
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
