#include "kernels/prime_sieve/base_primes.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/prime_sieve/segment_sieve.hpp"

namespace scalelaw::sieve {
namespace {

/// Below this many bytes one simple pass over the whole set is as fast as segments.
constexpr std::int64_t simple_bytes = 4096;

/// Crosses off with every prime found on the way, over all of `bytes`.
void sieve_simply(std::uint8_t* bytes, std::int64_t size) {
  std::fill_n(bytes, size, std::uint8_t{0xFF});
  bytes[0] &= all_but(1);
  for (std::int64_t n = 7; n * n < numbers_per_byte * size; n += 2) {
    if (n % 3 == 0 || n % 5 == 0) continue;
    if ((bytes[n / 30] & ~all_but(static_cast<int>(n % 30))) == 0) continue;
    for (std::int64_t m = n * n; m < numbers_per_byte * size; m += 2 * n) {
      if (m % 3 != 0 && m % 5 != 0) bytes[m / 30] &= all_but(static_cast<int>(m % 30));
    }
  }
}

}  // namespace

std::int64_t integer_root(std::int64_t n) {
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
  while (root * root > n) --root;
  while ((root + 1) * (root + 1) <= n) ++root;
  return root;
}

BasePrimes::BasePrimes(std::int64_t bound) : bound_(bound) {
  const std::int64_t size = bound / numbers_per_byte + 1;
  words_.assign((size + 7) / 8, 0);
  auto* bytes = reinterpret_cast<std::uint8_t*>(words_.data());
  if (size <= simple_bytes) {
    sieve_simply(bytes, size);
  } else {
    const Tools tools{BasePrimes(integer_root(bound + numbers_per_byte)),
                      Presieve(PresieveLimits::for_size(size))};
    SegmentSieve sieve;
    sieve.start(tools, CacheSizes::of_machine(), 0, size);
    while (sieve.position() < size) {
      const std::int64_t at = sieve.position();
      const auto segment = sieve.next(tools, size);
      std::copy(segment.begin(), segment.end(), bytes + at);
    }
    tools.presieve.restore_primes({bytes, static_cast<std::size_t>(size)}, 0);
  }
  bytes[size - 1] &= residues_between(0, bound % numbers_per_byte);
}

}  // namespace scalelaw::sieve
