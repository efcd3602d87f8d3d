#include "kernels/prime_sieve/reference.hpp"

#include <gtest/gtest.h>

#include "kernels/prime_sieve/base_primes.hpp"

namespace scalelaw::sieve {
namespace {

bool divides_nothing(std::int64_t n) {
  if (n < 2) return false;
  for (std::int64_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

TEST(Reference, MethodsAgreeWithTrialDivision) {
  PlainTotals right;
  bool before = false;  // whether n - 2 is prime
  bool last = false;
  for (std::int64_t n = 0; n <= 3000; ++n) {
    const bool prime = divides_nothing(n);
    if (prime) {
      ++right.count;
      right.sum += static_cast<std::uint64_t>(n);
    }
    right.twins += prime && before;
    before = last;
    last = prime;
    EXPECT_EQ(is_prime(static_cast<std::uint64_t>(n)), prime) << n;
    const PrimeTotals legendre = totals_by_legendre(n);
    EXPECT_EQ(legendre.count, right.count) << n;
    EXPECT_EQ(legendre.sum, right.sum) << n;
    const PlainTotals plain = totals_by_plain_sieve(0, n);
    EXPECT_EQ(plain.count, right.count) << n;
    EXPECT_EQ(plain.sum, right.sum) << n;
    // 2 and 4 are not twins, so that pairs start at 3 in both.
    EXPECT_EQ(plain.twins, right.twins) << n;
  }
}

TEST(Reference, LegendreMeetsTheKnownCounts) {
  std::int64_t limit = 1;
  for (int k = 0; k <= 12; ++k, limit *= 10) {
    EXPECT_EQ(totals_by_legendre(limit).count, known_count(limit)) << limit;
  }
  EXPECT_EQ(totals_by_legendre(10'000'000'000).sum, 2220822432581729238ULL);
  // OEIS A046731: 18435588552550705911377.
  EXPECT_EQ(totals_by_legendre(1'000'000'000'000).sum, 7291222914863846993ULL);
  EXPECT_FALSE(known_count(11));
  EXPECT_FALSE(known_count(20));
  EXPECT_FALSE(known_count(0));
  EXPECT_EQ(known_count(1'000'000'000'000'000'000), 24739954287740860);
  EXPECT_FALSE(known_twins(1'000'000'000'000'000'000));  // beyond its table
}

TEST(Reference, LegendreAgreesWithThePlainSieveAroundPowers) {
  // Where its loops end: at squares, cubes and fourth powers of primes.
  for (const std::int64_t p : {3L, 5L, 7L, 11L, 13L, 31L, 37L}) {
    for (const std::int64_t power : {p * p, p * p * p, p * p * p * p, 3 * p * p * p}) {
      for (std::int64_t limit = power - 1; limit <= power + 1; ++limit) {
        const PlainTotals right = totals_by_plain_sieve(0, limit);
        EXPECT_EQ(totals_by_legendre(limit).count, right.count) << limit;
        EXPECT_EQ(totals_by_legendre(limit).sum, right.sum) << limit;
      }
    }
  }
}

TEST(Reference, PlainSieveMeetsKnownIntervals) {
  // Beyond its first span and far from zero, as counted by libprimesieve.
  const PlainTotals low = totals_by_plain_sieve(491'184'309, 491'232'924);
  EXPECT_EQ(low.count, 2380);
  EXPECT_EQ(low.twins, 154);
  const PlainTotals high = totals_by_plain_sieve(8'665'049'419'918'162, 8'665'049'420'072'030);
  EXPECT_EQ(high.count, 4229);
  EXPECT_EQ(high.twins, 159);
}

TEST(Reference, BoundsEncloseTheKnownCountsClosely) {
  std::int64_t limit = 10;
  for (int k = 2; k <= 18; ++k) {
    limit *= 10;
    const auto [low, high] = count_bounds(limit);
    const auto count = static_cast<double>(*known_count(limit));
    EXPECT_LE(low, count) << limit;
    EXPECT_GE(high, count) << limit;
    if (k >= 12) {
      EXPECT_LT((high - low) / count, 1e-5) << limit;
    }
  }
}

TEST(Reference, MillerRabinKnowsStrongPseudoprimes) {
  // Strong pseudoprimes to the first 1, 2, 3, ... 9 prime bases.
  for (const std::uint64_t n : {2047ULL, 1373653ULL, 25326001ULL, 3215031751ULL, 2152302898747ULL,
                                3474749660383ULL, 341550071728321ULL, 3825123056546413051ULL}) {
    EXPECT_FALSE(is_prime(n)) << n;
  }
  EXPECT_TRUE(is_prime(999999999999999989ULL));
  EXPECT_TRUE(is_prime(18446744073709551557ULL));
}

TEST(BasePrimes, AreThePrimesFromSeven) {
  for (const std::int64_t bound : {0L, 6L, 7L, 30L, 31L, 100'000L, 122'880L, 3'000'017L}) {
    const BasePrimes primes(bound);
    BasePrimes::Cursor cursor;
    WheelPrime prime;
    std::int64_t count = bound >= 5 ? 3 : bound >= 3 ? 2 : bound >= 2 ? 1 : 0;
    std::int64_t last = 5;
    for (; cursor.next(primes, prime); ++count) {
      ASSERT_GT(prime.value(), last);
      last = prime.value();
    }
    EXPECT_LE(last, std::max<std::int64_t>(bound, 5));
    EXPECT_EQ(count, totals_by_legendre(bound).count) << bound;
  }
}

TEST(IntegerRoot, IsExactAtSquares) {
  for (const std::int64_t r : {1L, 2L, 46341L, 1'000'000L, 999'999'999L, 1'000'000'000L}) {
    EXPECT_EQ(integer_root(r * r), r);
    EXPECT_EQ(integer_root(r * r - 1), r - 1);
    EXPECT_EQ(integer_root(r * r + 2 * r), r);
  }
  EXPECT_EQ(integer_root(0), 0);
}

}  // namespace
}  // namespace scalelaw::sieve
