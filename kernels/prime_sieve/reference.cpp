#include "kernels/prime_sieve/reference.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <span>
#include <vector>

namespace scalelaw::sieve {
namespace {

constexpr std::int64_t counts[] = {0,
                                   4,
                                   25,
                                   168,
                                   1229,
                                   9592,
                                   78498,
                                   664579,
                                   5761455,
                                   50847534,
                                   455052511,
                                   4118054813,
                                   37607912018,
                                   346065536839,
                                   3204941750802,
                                   29844570422669,
                                   279238341033925,
                                   2623557157654233,
                                   24739954287740860};

constexpr std::int64_t twins[] = {0,        2,         8,          35,          205,
                                  1224,     8169,      58980,      440312,      3424506,
                                  27412679, 224376048, 1870585220, 15834664872, 135780321665};

std::optional<std::int64_t> at_power_of_ten(std::span<const std::int64_t> table,
                                            std::int64_t limit) {
  std::int64_t power = 1;
  for (const std::int64_t value : table) {
    if (power == limit) return value;
    power *= 10;
  }
  return {};
}

std::int64_t root_of(std::int64_t n) {
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<long double>(n)));
  while (root * root > n) --root;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

/// The odd primes up to `bound`, by the simplest sieve.
std::vector<std::int64_t> odd_primes(std::int64_t bound) {
  std::vector<bool> composite(bound / 2 + 1);
  std::vector<std::int64_t> primes;
  for (std::int64_t n = 3; n <= bound; n += 2) {
    if (composite[n / 2]) continue;
    primes.push_back(n);
    for (std::int64_t m = n * n; m <= bound; m += 2 * n) composite[m / 2] = true;
  }
  return primes;
}

__extension__ using Wide = unsigned __int128;

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(Wide{a} * b % modulus);
}

bool is_witness(std::uint64_t base, std::uint64_t n) {
  const int twos = std::countr_zero(n - 1);
  std::uint64_t power = 1;
  for (std::uint64_t exponent = (n - 1) >> twos, square = base % n; exponent > 0; exponent >>= 1) {
    if (exponent & 1) power = multiply(power, square, n);
    square = multiply(square, square, n);
  }
  if (power == 1 || power == n - 1) return false;
  for (int i = 1; i < twos; ++i) {
    power = multiply(power, power, n);
    if (power == n - 1) return false;
  }
  return true;
}

}  // namespace

std::optional<std::int64_t> known_count(std::int64_t limit) {
  return at_power_of_ten(counts, limit);
}

std::optional<std::int64_t> known_twins(std::int64_t limit) {
  return at_power_of_ten(twins, limit);
}

PrimeTotals totals_by_legendre(std::int64_t limit) {
  if (limit < 2) return {};
  const std::int64_t root = root_of(limit);
  // small[v] and large[i] hold the totals over 2..v and 2..limit / i of the numbers that no prime
  // so far divides, those primes themselves included.
  std::vector<PrimeTotals> small(root + 1), large(root + 1);
  const auto up_to = [](std::int64_t v) -> PrimeTotals {
    const auto n = static_cast<std::uint64_t>(v);
    const std::uint64_t sum = n % 2 == 0 ? n / 2 * (n + 1) : (n + 1) / 2 * n;
    return {v - 1, sum - 1};
  };
  for (std::int64_t v = 1; v <= root; ++v) {
    small[v] = up_to(v);
    large[v] = up_to(limit / v);
  }
  const auto remove = [](PrimeTotals& from, const PrimeTotals& multiples, const PrimeTotals& before,
                         std::int64_t p) {
    from.count -= multiples.count - before.count;
    from.sum -= static_cast<std::uint64_t>(p) * (multiples.sum - before.sum);
  };
  for (std::int64_t p = 2; p <= root; ++p) {
    if (small[p].count == small[p - 1].count) continue;
    const PrimeTotals before = small[p - 1];
    const std::int64_t last = std::min(root, limit / (p * p));
    const std::int64_t direct = std::min(last, root / p);
    for (std::int64_t i = 1; i <= direct; ++i) remove(large[i], large[i * p], before, p);
    const double by = static_cast<double>(limit / p);
    for (std::int64_t i = direct + 1; i <= last; ++i) {
      // Exact enough: the quotient is below 2^31, and off by one at most.
      auto v = static_cast<std::int64_t>(by / static_cast<double>(i));
      v -= v * i > limit / p ? 1 : 0;
      remove(large[i], small[std::min(v, root)], before, p);
    }
    for (std::int64_t v = root; v >= p * p; --v) remove(small[v], small[v / p], before, p);
  }
  return large[1];
}

PlainTotals totals_by_plain_sieve(std::int64_t from, std::int64_t limit) {
  PlainTotals out;
  bool odd_before = false;  // whether the odd number before the one at hand is a prime in question
  const auto take = [&](std::int64_t prime) {
    ++out.count;
    out.sum += static_cast<std::uint64_t>(prime);
  };
  if (from <= 2 && limit >= 2) take(2);
  const std::vector<std::int64_t> primes = odd_primes(root_of(std::max<std::int64_t>(limit, 9)));
  constexpr std::int64_t span = 1 << 18;
  std::vector<std::uint8_t> composite(span / 2);
  for (std::int64_t begin = std::max<std::int64_t>(from, 3) | 1; begin <= limit; begin += span) {
    std::fill(composite.begin(), composite.end(), std::uint8_t{0});
    for (const std::int64_t p : primes) {
      if (p * p >= begin + span) break;
      std::int64_t m = std::max(p * p, (begin + p - 1) / p * p);
      m += m % 2 == 0 ? p : 0;
      for (std::int64_t i = (m - begin) / 2; i < span / 2; i += p) composite[i] = 1;
    }
    for (std::int64_t n = begin; n < begin + span && n <= limit; n += 2) {
      const bool prime = composite[(n - begin) / 2] == 0;
      if (prime) take(n);
      out.twins += prime && odd_before;
      odd_before = prime;
    }
  }
  return out;
}

std::pair<double, double> count_bounds(std::int64_t limit) {
  const auto x = static_cast<double>(limit);
  const double log = std::log(x);
  // li(x) = Ei(ln x), by the C++ special functions.
  const double li = std::expint(log);
  const double below = std::sqrt(x) / log * (1.95 + 3.9 / log + 19.5 / (log * log));
  const double rounding = li * 1e-13 + 1;
  return {li - below - rounding, li + rounding};
}

bool is_prime(std::uint64_t n) {
  constexpr std::array<std::uint64_t, 12> bases{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (n < 2) return false;
  for (const std::uint64_t base : bases) {
    if (n % base == 0) return n == base;
  }
  return std::none_of(bases.begin(), bases.end(),
                      [n](std::uint64_t base) { return is_witness(base, n); });
}

}  // namespace scalelaw::sieve
