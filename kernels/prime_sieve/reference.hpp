#pragma once

#include <cstdint>
#include <optional>
#include <utility>

/// Answers about primes that share no code with the sieve that they verify.
namespace scalelaw::sieve {

/// pi(10^k) for k = 0..18; nothing for other numbers.
/// Source: OEIS A006880.
std::optional<std::int64_t> known_count(std::int64_t limit);

/// Pairs of twin primes up to 10^k for k = 0..14; nothing for other numbers.
/// Source: OEIS A007508.
std::optional<std::int64_t> known_twins(std::int64_t limit);

struct PrimeTotals {
  std::int64_t count = 0;
  std::uint64_t sum = 0;  ///< modulo 2^64
};

/// Count and sum of the primes up to `limit`, at most 2^53, without listing them: in O(limit^(3/4))
/// steps (0.03 s at 10^11, 1 s at 10^13) and 18 bytes per number up to limit^(1/2).
/// Source:  Lucy_Hedgehog's variant of Legendre's formula (Project Euler, problem 10, 2012); for
///          the primes beyond the fourth root it ends like Meissel's.
PrimeTotals totals_by_legendre(std::int64_t limit);

struct PlainTotals {
  std::int64_t count = 0;
  std::uint64_t sum = 0;
  std::int64_t twins = 0;
};

/// The same for [from, limit], by a plain segmented sieve over odd numbers with one byte
/// each: slow.
/// Memory: about a byte per number up to limit^(1/2).
PlainTotals totals_by_plain_sieve(std::int64_t from, std::int64_t limit);

/// The cost of totals_by_plain_sieve(), in steps of two or three nanoseconds.
double plain_sieve_steps(std::int64_t from, std::int64_t limit);

/// Bounds that enclose pi(limit), for 2 <= limit <= 10^18.
/// Source:  Buethe, "An analytic method for bounding psi(x)", Math. Comp. 87 (2018), theorem 2.
std::pair<double, double> count_bounds(std::int64_t limit);

/// Whether n is prime, by Miller and Rabin's test with the first twelve primes as bases, which is
/// exact below 3.3e24 (Sorenson and Webster, Math. Comp. 86, 2017).
bool is_prime(std::uint64_t n);

}  // namespace scalelaw::sieve
