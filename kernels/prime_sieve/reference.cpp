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
  std::size_t exponent = 0;
  for (; limit > 1 && limit % 10 == 0; limit /= 10) ++exponent;
  if (limit != 1 || exponent >= table.size()) return {};
  return table[exponent];
}

std::int64_t root_of(std::int64_t n) {
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<long double>(n)));
  while (root * root > n) --root;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

/// The odd primes up to `bound`, by the simplest sieve.
std::vector<std::uint32_t> odd_primes(std::int64_t bound) {
  std::vector<bool> composite(bound / 2 + 1);
  std::vector<std::uint32_t> primes;
  for (std::int64_t n = 3; n <= bound; n += 2) {
    if (composite[n / 2]) continue;
    primes.push_back(static_cast<std::uint32_t>(n));
    for (std::int64_t m = n * n; m <= bound; m += 2 * n) composite[m / 2] = true;
  }
  return primes;
}

/// Numbers that the plain sieve handles at a time: enough to make a visit to every
/// prime worthwhile.
std::int64_t plain_span(std::int64_t root) {
  const auto enough = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(root)));
  return std::clamp<std::int64_t>(enough, 1 << 18, 1 << 24);
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

/// Totals over the odd numbers from 3 to limit / i, and to every v up to limit^(1/2).  Multiples of
/// small primes are removed from them one prime at a time; the primes themselves stay.
class LegendreSieve {
 public:
  explicit LegendreSieve(std::int64_t limit)
      : limit_(limit), root_(root_of(limit)), small_(slot(root_) + 1), large_(small_.size()) {
    divisors_.resize(small_.size());
    for (std::int64_t s = 0; s < std::ssize(small_); ++s) {
      divisors_[s] = static_cast<std::uint32_t>(2 * s + 1);
      small_[s] = odd_numbers(2 * s + 1);
      large_[s] = odd_numbers(limit / (2 * s + 1));
    }
  }

  /// Whether the odd number p is left: a prime, once the multiples of all smaller primes
  /// are removed.
  [[nodiscard]] bool holds(std::int64_t p) const { return up_to(p).count != up_to(p - 2).count; }

  /// Call it for the primes p from 3 in ascending order, while p^4 <= limit.
  void remove_multiples_of(std::int64_t p) {
    const PrimeTotals before = up_to(p - 2);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < divisors_.size(); ++k) {
      // Multiples of p will not be needed again.
      const std::uint32_t i = divisors_[k];
      if (i % static_cast<std::uint32_t>(p) == 0) continue;
      const std::int64_t ip = i * p;
      const PrimeTotals& of_multiples =
          ip <= root_ ? large_[up_to(ip).count - removed_] : up_to(quotient(limit_, ip));
      large_[kept] = minus(large_[k], p, minus(of_multiples, 1, before));
      divisors_[kept++] = i;
    }
    divisors_.resize(kept);
    std::int64_t s = slot(root_);
    for (std::int64_t j = (root_ / p - 1) | 1; j >= p; j -= 2) {
      const PrimeTotals of_multiples = minus(up_to(j), 1, before);
      for (; s >= slot(j * p); --s) small_[s] = minus(small_[s], p, of_multiples);
    }
    ++removed_;
  }

  /// Count and sum of the odd primes up to the limit, once the primes up to its fourth root are
  /// done.  Only products of two or three primes are left to remove; the divisors left are 1
  /// and primes.
  [[nodiscard]] PrimeTotals odd_primes() const {
    PrimeTotals out = large_[0];
    for (std::size_t k = 1; k < divisors_.size(); ++k) {
      const std::int64_t p = divisors_[k];
      out = minus(out, p, minus(large_[k], 1, up_to(p - 2)));
    }
    for (std::size_t k = 1; k < divisors_.size(); ++k) {
      const std::int64_t q = divisors_[k];
      const std::int64_t rest = limit_ / q;
      for (std::size_t l = k + 1; l < divisors_.size() && divisors_[l] * q <= rest; ++l) {
        // Too much was removed: multiples of p that were already removed for q.
        const std::int64_t p = divisors_[l];
        const PrimeTotals twice = minus(up_to(quotient(rest, p)), 1, up_to(q - 2));
        out.count += twice.count;
        out.sum += static_cast<std::uint64_t>(p * q) * twice.sum;
      }
    }
    return out;
  }

 private:
  static std::int64_t slot(std::int64_t v) { return (v - 1) / 2; }

  static PrimeTotals odd_numbers(std::int64_t v) {
    const auto n = static_cast<std::uint64_t>(slot(v));
    return {slot(v), n * (n + 2)};
  }

  /// `from` less the totals over p times the numbers in `cofactors`.
  static PrimeTotals minus(const PrimeTotals& from, std::int64_t p, const PrimeTotals& cofactors) {
    return {from.count - cofactors.count, from.sum - static_cast<std::uint64_t>(p) * cofactors.sum};
  }

  /// a / b for quotients below 2^31, by the faster division of doubles.  Exact up to 2^53, because
  /// a quotient that is not whole is at least 1 / b away from the next whole number.
  static std::int64_t quotient(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<double>(a) / static_cast<double>(b));
  }

  [[nodiscard]] const PrimeTotals& up_to(std::int64_t v) const { return small_[slot(v)]; }

  std::int64_t limit_, root_;
  std::int64_t removed_ = 0;             ///< odd primes whose multiples are gone
  std::vector<std::uint32_t> divisors_;  ///< odd numbers without a prime factor among them
  std::vector<PrimeTotals> small_;       ///< [slot(v)]: up to v
  std::vector<PrimeTotals> large_;       ///< [k]: up to limit / divisors_[k]
};

}  // namespace

std::optional<std::int64_t> known_count(std::int64_t limit) {
  return at_power_of_ten(counts, limit);
}

std::optional<std::int64_t> known_twins(std::int64_t limit) {
  return at_power_of_ten(twins, limit);
}

PrimeTotals totals_by_legendre(std::int64_t limit) {
  if (limit < 2) return {};
  LegendreSieve sieve(limit);
  for (std::int64_t p = 3; p * p * p * p <= limit; p += 2) {
    if (sieve.holds(p)) sieve.remove_multiples_of(p);
  }
  PrimeTotals odd = sieve.odd_primes();
  return {odd.count + 1, odd.sum + 2};
}

double plain_sieve_steps(std::int64_t from, std::int64_t limit) {
  const auto numbers = static_cast<double>(limit - from);
  const std::int64_t root = root_of(limit);
  const auto primes = static_cast<double>(root) / std::log(static_cast<double>(root) + 3);
  return numbers + static_cast<double>(root) +
         primes * std::ceil(numbers / static_cast<double>(plain_span(root)));
}

PlainTotals totals_by_plain_sieve(std::int64_t from, std::int64_t limit) {
  PlainTotals out;
  bool odd_before = false;  // whether the previous odd number is a prime of the interval
  if (from <= 2 && limit >= 2) out = {1, 2, 0};
  const std::int64_t root = root_of(std::max<std::int64_t>(limit, 9));
  const std::vector<std::uint32_t> primes = odd_primes(root);
  std::vector<std::uint32_t> next;  // per prime, the index of its next odd multiple in the span
  const std::int64_t span = plain_span(root);
  std::vector<std::uint8_t> composite(span / 2);
  for (std::int64_t begin = std::max<std::int64_t>(from, 3) | 1; begin <= limit; begin += span) {
    std::fill(composite.begin(), composite.end(), std::uint8_t{0});
    for (std::size_t k = 0; k < primes.size(); ++k) {
      const std::int64_t p = primes[k];
      if (k == next.size()) {
        if (p * p >= begin + span) break;
        const std::int64_t cofactor = std::max(p, (begin + p - 1) / p) | 1;
        next.push_back(static_cast<std::uint32_t>((p * cofactor - begin) / 2));
      }
      std::int64_t i = next[k];
      for (; i < span / 2; i += p) composite[i] = 1;
      next[k] = static_cast<std::uint32_t>(i - span / 2);
    }
    for (std::int64_t n = begin; n < begin + span && n <= limit; n += 2) {
      const bool prime = composite[(n - begin) / 2] == 0;
      out.count += prime;
      out.sum += prime ? static_cast<std::uint64_t>(n) : 0;
      out.twins += prime & odd_before;
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
