#include <immintrin.h>

#include <algorithm>

#include "kernels/prime_sieve/tally_count.hpp"

namespace scalelaw::sieve {
namespace {

std::uint64_t sum_lanes(__m256i lanes) {
  return static_cast<std::uint64_t>(
      _mm256_extract_epi64(lanes, 0) + _mm256_extract_epi64(lanes, 1) +
      _mm256_extract_epi64(lanes, 2) + _mm256_extract_epi64(lanes, 3));
}

}  // namespace

std::int64_t count_avx2(std::span<const std::uint8_t> bytes) {
  return count_by_words(bytes);
}

CountAndSum sum_avx2(std::span<const std::uint8_t> bytes) {
  // Per nibble: how many primes, and the sum of their residues (1 7 11 13, and 17 19 23 29).
  const __m256i counts =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i low_sums = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 7, 8, 11, 12, 18, 19, 13, 14, 20, 21, 24, 25, 31, 32));
  const __m256i high_sums = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 17, 19, 36, 23, 40, 42, 59, 29, 46, 48, 65, 52, 69, 71, 88));
  const __m256i places =
      _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                       22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i zero = _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi16(1);

  __m256i count = zero;          // primes so far
  __m256i counts_before = zero;  // sum over the vectors of the count before each
  __m256i residue_sum = zero;
  std::uint64_t place_sum = 0;            // of the primes' bytes, each relative to its vector
  constexpr std::size_t group = 64 * 32;  // 16-bit sums of places stay below 64 * 496 < 2^15
  for (std::size_t begin = 0; begin < bytes.size(); begin += group) {
    const std::size_t end = std::min(begin + group, bytes.size());
    __m256i group_places = zero;
    for (std::size_t at = begin; at < end; at += 32) {
      const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes.data() + at));
      const __m256i low = _mm256_and_si256(v, nibble);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
      const __m256i byte_counts =
          _mm256_add_epi8(_mm256_shuffle_epi8(counts, low), _mm256_shuffle_epi8(counts, high));
      const __m256i byte_sums =
          _mm256_add_epi8(_mm256_shuffle_epi8(low_sums, low), _mm256_shuffle_epi8(high_sums, high));
      counts_before = _mm256_add_epi64(counts_before, count);
      count = _mm256_add_epi64(count, _mm256_sad_epu8(byte_counts, zero));
      residue_sum = _mm256_add_epi64(residue_sum, _mm256_sad_epu8(byte_sums, zero));
      group_places = _mm256_add_epi16(group_places, _mm256_maddubs_epi16(byte_counts, places));
    }
    const __m256i pairs = _mm256_madd_epi16(group_places, ones);
    place_sum += sum_lanes(
        _mm256_add_epi64(_mm256_unpacklo_epi32(pairs, zero), _mm256_unpackhi_epi32(pairs, zero)));
  }
  // With V vectors, a prime in vector v occurs in V - 1 - v of the counts before.
  const std::uint64_t total = sum_lanes(count);
  const std::uint64_t vectors = bytes.size() / 32;
  if (vectors == 0) return {};
  const std::uint64_t vector_sum = (vectors - 1) * total - sum_lanes(counts_before);
  return {static_cast<std::int64_t>(total),
          30 * (32 * vector_sum + place_sum) + sum_lanes(residue_sum)};
}

}  // namespace scalelaw::sieve
