#include "kernels/prime_sieve/tally.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "common/isa.hpp"
#include "kernels/prime_sieve/tally_count.hpp"
#include "kernels/prime_sieve/wheel.hpp"

namespace scalelaw::sieve {
namespace {

struct ByteSum {
  std::uint8_t count;
  std::uint8_t residues;
};

constexpr auto byte_sums = [] {
  std::array<ByteSum, 256> out{};
  for (int byte = 0; byte < 256; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & 1) == 0) continue;
      ++out[byte].count;
      out[byte].residues = static_cast<std::uint8_t>(out[byte].residues + residues[bit]);
    }
  }
  return out;
}();

CountFunction* count_for(Isa isa) {
  switch (isa) {
#ifdef SCALELAW_HAS_AVX2
    case Isa::avx2:
      return count_avx2;
#endif
#ifdef SCALELAW_HAS_AVX512
    case Isa::avx512:
      return __builtin_cpu_supports("avx512vpopcntdq") ? count_avx512 : count_avx2;
#endif
    default:
      return count_scalar;
  }
}

SumFunction* sum_for(Isa isa) {
  switch (isa) {
#ifdef SCALELAW_HAS_AVX2
    case Isa::avx2:
      return sum_avx2;
#endif
#ifdef SCALELAW_HAS_AVX512
    case Isa::avx512:
      return sum_avx512;
#endif
    default:
      return sum_scalar;
  }
}

}  // namespace

std::int64_t count_scalar(std::span<const std::uint8_t> bytes) {
  return count_by_words(bytes);
}

CountAndSum sum_scalar(std::span<const std::uint8_t> bytes) {
  CountAndSum out;
  std::uint64_t first = 0;
  for (const std::uint8_t byte : bytes) {
    const ByteSum& of_byte = byte_sums[byte];
    out.count += of_byte.count;
    out.sum += first * of_byte.count + of_byte.residues;
    first += numbers_per_byte;
  }
  return out;
}

std::int64_t count_primes(std::span<const std::uint8_t> bytes) {
  return count_for(active_isa())(bytes);
}

CountAndSum sum_primes(std::span<const std::uint8_t> bytes, std::int64_t first_byte) {
  CountAndSum out = sum_for(active_isa())(bytes);
  out.sum += static_cast<std::uint64_t>(numbers_per_byte * first_byte) *
             static_cast<std::uint64_t>(out.count);
  return out;
}

std::int64_t count_twins(std::span<const std::uint8_t> bytes) {
  // The bits whose next higher bit stands for a number larger by two: 11, 17 and 29; the neighbour
  // of 29 is bit 0 of the next byte.
  constexpr std::uint64_t lower = 0x9494949494949494;
  std::int64_t count = 0;
  std::uint64_t previous = 0;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof previous) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    count += std::popcount(word & word >> 1 & lower) + static_cast<int>(previous >> 63 & word & 1);
    previous = word;
  }
  return count;
}

}  // namespace scalelaw::sieve
