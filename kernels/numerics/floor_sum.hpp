#pragma once

#include <cstdint>
#include <utility>

namespace scalelaw {

/// Sum of floor((a i + b) / m) over i in [0, n), modulo 2^64.
/// Errors:  none; needs 0 < m <= 2^32 and n <= 2^32.
/// Source:  Graham, Knuth, Patashnik, "Concrete Mathematics", section 3.5: Euclid's algorithm on
///          (a, m); each step swaps the axes of the lattice whose points are counted.
constexpr std::uint64_t floor_sum(std::uint64_t n, std::uint64_t m, std::uint64_t a,
                                  std::uint64_t b) noexcept {
  const auto pairs = [](std::uint64_t k) {  // k (k - 1) / 2 without overflow in between
    return k % 2 == 0 ? (k / 2) * (k - 1) : k * ((k - 1) / 2);
  };
  std::uint64_t sum = 0;
  while (n > 0) {
    sum += pairs(n) * (a / m) + n * (b / m);
    a %= m;
    b %= m;
    const std::uint64_t top = a * n + b;
    n = top / m;
    b = top % m;
    std::swap(a, m);
  }
  return sum;
}

}  // namespace scalelaw
