#pragma once

#include <cstdint>

namespace scalelaw {

/// The upper 20 bits of (step * n + start) mod 2^32, as multiples of 2^-20 in [0, 1).  They are as
/// evenly spread as numbers can be, neighbours always differ, and their sums have a closed form.
/// Source:  Weyl, "Ueber die Gleichverteilung von Zahlen mod. Eins", Math. Ann. 77, 1916.
struct Weyl {
  std::uint32_t step, start;
};

/// Steps near 2^32 times an irrational number that is hard to approximate by fractions: the
/// fractional parts of the golden ratio and of the square root of two.
constexpr std::uint32_t golden_step = 0x9E3779B1, root_step = 0x6A09E667;

constexpr std::uint32_t weyl_start(std::int64_t seed, std::uint32_t stream) noexcept {
  const std::uint64_t mixed =
      static_cast<std::uint64_t>(seed) + std::uint64_t{stream} * 0x9E3779B97F4A7C15;
  return static_cast<std::uint32_t>((mixed * 0xD1342543DE82EF95) >> 32);
}

/// Number n, in units of 2^-20.
constexpr std::int64_t weyl_units(const Weyl& weyl, std::int64_t n) noexcept {
  return (weyl.step * static_cast<std::uint32_t>(n) + weyl.start) >> 12;
}

/// The sum of the first n numbers, in units of 2^-20.
std::int64_t weyl_sum(const Weyl& weyl, std::int64_t n) noexcept;

}  // namespace scalelaw
