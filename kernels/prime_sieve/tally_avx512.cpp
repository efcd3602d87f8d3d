#include <immintrin.h>

#include "kernels/prime_sieve/tally.hpp"

namespace scalelaw::sieve {

// More than `avx512` guarantees, so count_primes() checks the processor before calling it.
[[gnu::target("avx512vpopcntdq")]] std::int64_t count_avx512(std::span<const std::uint8_t> bytes) {
  __m512i count = _mm512_setzero_si512();
  for (std::size_t at = 0; at < bytes.size(); at += 64) {
    count = _mm512_add_epi64(count, _mm512_popcnt_epi64(_mm512_loadu_si512(bytes.data() + at)));
  }
  return _mm512_reduce_add_epi64(count);
}

CountAndSum sum_avx512(std::span<const std::uint8_t> bytes) {
  // Like sum_avx2, with vectors twice as long.
  const __m512i counts =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i low_sums = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 7, 8, 11, 12, 18, 19, 13, 14, 20, 21, 24, 25, 31, 32));
  const __m512i high_sums = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 17, 19, 36, 23, 40, 42, 59, 29, 46, 48, 65, 52, 69, 71, 88));
  alignas(64) std::int8_t place_of[64];
  for (int i = 0; i < 64; ++i) place_of[i] = static_cast<std::int8_t>(i);
  const __m512i places = _mm512_load_si512(place_of);
  const __m512i nibble = _mm512_set1_epi8(15);
  const __m512i zero = _mm512_setzero_si512();
  const __m512i ones = _mm512_set1_epi16(1);

  __m512i count = zero;
  __m512i counts_before = zero;
  __m512i residue_sum = zero;
  __m512i place_sum = zero;
  for (std::size_t at = 0; at < bytes.size(); at += 64) {
    const __m512i v = _mm512_loadu_si512(bytes.data() + at);
    const __m512i low = _mm512_and_si512(v, nibble);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble);
    const __m512i byte_counts =
        _mm512_add_epi8(_mm512_shuffle_epi8(counts, low), _mm512_shuffle_epi8(counts, high));
    const __m512i byte_sums =
        _mm512_add_epi8(_mm512_shuffle_epi8(low_sums, low), _mm512_shuffle_epi8(high_sums, high));
    counts_before = _mm512_add_epi64(counts_before, count);
    count = _mm512_add_epi64(count, _mm512_sad_epu8(byte_counts, zero));
    residue_sum = _mm512_add_epi64(residue_sum, _mm512_sad_epu8(byte_sums, zero));
    // A step adds at most 16 * (8 * 63) * 4 in 32 bits: enough for segments of 2^26 bytes.
    place_sum = _mm512_add_epi32(
        place_sum, _mm512_madd_epi16(_mm512_maddubs_epi16(byte_counts, places), ones));
  }
  const auto total = static_cast<std::uint64_t>(_mm512_reduce_add_epi64(count));
  const std::uint64_t vectors = bytes.size() / 64;
  if (vectors == 0) return {};
  const std::uint64_t vector_sum =
      (vectors - 1) * total - static_cast<std::uint64_t>(_mm512_reduce_add_epi64(counts_before));
  const auto place_total = static_cast<std::uint64_t>(_mm512_reduce_add_epi64(
      _mm512_add_epi64(_mm512_and_si512(place_sum, _mm512_set1_epi64(0xFFFFFFFF)),
                       _mm512_srli_epi64(place_sum, 32))));
  return {static_cast<std::int64_t>(total),
          30 * (64 * vector_sum + place_total) +
              static_cast<std::uint64_t>(_mm512_reduce_add_epi64(residue_sum))};
}

}  // namespace scalelaw::sieve
