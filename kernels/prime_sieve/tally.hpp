#pragma once

#include <cstdint>
#include <span>

namespace scalelaw::sieve {

/// The number of primes in `bytes` (see wheel.hpp), whose size is a multiple of 64.
/// One function per instruction set, all with the same result.
using CountFunction = std::int64_t(std::span<const std::uint8_t> bytes);
CountFunction count_scalar;
CountFunction count_avx2;
CountFunction count_avx512;

/// Number and sum modulo 2^64 of the primes in a piece of a sieve, relative to its first number.
struct CountAndSum {
  std::int64_t count = 0;
  std::uint64_t sum = 0;  ///< of 30 (byte - first byte) + residue
};
using SumFunction = CountAndSum(std::span<const std::uint8_t> bytes);
SumFunction sum_scalar;
SumFunction sum_avx2;
SumFunction sum_avx512;

/// The count, computed by the active instruction set.
std::int64_t count_primes(std::span<const std::uint8_t> bytes);

/// Count and sum of the primes in `bytes`, which stands for the bytes from `first_byte`.
CountAndSum sum_primes(std::span<const std::uint8_t> bytes, std::int64_t first_byte);

/// Pairs of primes (q, q + 2) that are both in `bytes`.
std::int64_t count_twins(std::span<const std::uint8_t> bytes);

}  // namespace scalelaw::sieve
