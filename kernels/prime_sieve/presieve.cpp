#include "kernels/prime_sieve/presieve.hpp"

#include <algorithm>
#include <array>

#include "common/isa.hpp"
#include "kernels/prime_sieve/presieve_fill.hpp"
#include "kernels/prime_sieve/wheel.hpp"

namespace scalelaw::sieve {
namespace {

bool is_small_prime(int n) {
  for (int d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

/// Clears every odd multiple of `prime` that has a bit in `bytes`, including the prime itself.
void cross_off(std::span<std::uint8_t> bytes, int prime) {
  const std::int64_t end = numbers_per_byte * std::ssize(bytes);
  for (std::int64_t multiple = prime; multiple < end; multiple += 2 * prime) {
    if (multiple % 3 != 0 && multiple % 5 != 0) {
      bytes[multiple / numbers_per_byte] &= all_but(static_cast<int>(multiple % numbers_per_byte));
    }
  }
}

FillFunction* fill_for(Isa isa) {
  switch (isa) {
#ifdef SCALELAW_HAS_AVX2
    case Isa::avx2:
      return fill_avx2;
#endif
#ifdef SCALELAW_HAS_AVX512
    case Isa::avx512:
      return fill_avx512;
#endif
    default:
      return fill_scalar;
  }
}

}  // namespace

void fill_scalar(std::span<std::uint8_t> out, std::span<PatternCursor> patterns) {
  fill_by_vectors<16>(out, patterns);
}

PresieveLimits PresieveLimits::for_size(std::int64_t sieve_bytes) {
  if (sieve_bytes < 1 << 16) return {least_presieved, 0};
  if (sieve_bytes < 1 << 20) return {61, 0};
  return {211, 0};
}

Presieve::Presieve(PresieveLimits limits) {
  limits.paired = std::max(limits.paired, least_presieved);
  for (int n = 7; n <= std::max(limits.paired, limits.single); ++n) {
    if (is_small_prime(n)) primes_.push_back(n);
  }
  const auto paired_end = std::upper_bound(primes_.begin(), primes_.end(), limits.paired);
  auto low = primes_.begin() + 3;
  add_pattern({primes_.begin(), low});
  // Pair the smallest with the largest, so that all periods are of similar length.
  for (auto high = paired_end; low < high; ++low) {
    --high;
    add_pattern(low == high ? std::vector{*low} : std::vector{*low, *high});
  }
  for (auto prime = paired_end; prime != primes_.end(); ++prime) add_pattern({{*prime}});
}

void Presieve::add_pattern(std::span<const int> primes) {
  std::int64_t product = 1;
  for (const int prime : primes) product *= prime;
  const std::int64_t repeats = (presieve_block + product - 1) / product;
  Pattern pattern{product * repeats, {}};
  pattern.bytes.assign(pattern.period + presieve_block, 0xFF);
  for (const int prime : primes) cross_off(pattern.bytes, prime);
  patterns_.push_back(std::move(pattern));
}

void Presieve::fill(std::span<std::uint8_t> out, std::int64_t first_byte) const {
  std::array<PatternCursor, 128> cursors;
  std::size_t count = 0;
  for (const Pattern& pattern : patterns_) {
    cursors.at(count++) = {pattern.bytes.data(), first_byte % pattern.period, pattern.period};
  }
  fill_for(active_isa())(out, {cursors.data(), count});
}

void Presieve::restore_primes(std::span<std::uint8_t> bytes, std::int64_t first_byte) const {
  if (first_byte == 0 && !bytes.empty()) bytes[0] &= all_but(1);
  for (const int prime : primes_) {
    const std::int64_t byte = prime / numbers_per_byte - first_byte;
    if (byte >= 0 && byte < std::ssize(bytes)) {
      bytes[byte] |= static_cast<std::uint8_t>(~all_but(prime));
    }
  }
}

}  // namespace scalelaw::sieve
