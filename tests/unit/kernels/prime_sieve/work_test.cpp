#include "kernels/prime_sieve/work.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace scalelaw::sieve {
namespace {

bool is_prime(std::int64_t n) {
  for (std::int64_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return n > 1;
}

/// How many of 1 ... n no prime of the wheel divides.
std::int64_t coprime_to_30(std::int64_t n) {
  std::int64_t count = n / 30 * 8;
  for (std::int64_t k = n / 30 * 30 + 1; k <= n; ++k) count += std::gcd(k, std::int64_t{30}) == 1;
  return count;
}

/// The multiples p k in [from, limit] of primes p above 211 with k >= p coprime to 30, one by one.
double counted(std::int64_t from, std::int64_t limit) {
  std::int64_t count = 0;
  for (std::int64_t p = 213; p * p <= limit; p += 2) {
    if (!is_prime(p)) continue;
    const std::int64_t below = std::max(p - 1, (from - 1) / p);
    count += coprime_to_30(limit / p) - coprime_to_30(std::max<std::int64_t>(below, 0));
  }
  return static_cast<double>(count);
}

TEST(SieveCrossings, AreAsManyAsASieveMakes) {
  for (const auto& [from, limit] : {std::pair<std::int64_t, std::int64_t>{1, 100'000'000},
                                    {1, 1'000'000'000},
                                    {10'000'000'000, 10'010'000'000}}) {
    const double expected = counted(from, limit);
    EXPECT_NEAR(crossings(from, limit) / expected, 1, 0.03) << limit;
  }
  EXPECT_EQ(crossings(0, 211 * 211), 0) << "all of these primes are in patterns";
}

}  // namespace
}  // namespace scalelaw::sieve
