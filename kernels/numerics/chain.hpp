#pragma once

#include <cstdint>

namespace scalelaw {

/// Busy work of a known length: dependent steps x <- a x + c modulo 2^64.  No compiler shortens
/// them, and their end has a closed form.
/// Units:   a step takes about one integer multiplication's latency.
/// Source:  Brown, "Random number generation with arbitrary strides", ANS Transactions 71 (1994).
struct Chain {
  static constexpr std::uint64_t multiplier = 6364136223846793005ULL;
  static constexpr std::uint64_t increment = 1442695040888963407ULL;

  /// Takes `steps` steps from `x`, one after the other.
  static std::uint64_t walk(std::uint64_t x, std::int64_t steps) noexcept {
    for (std::int64_t i = 0; i < steps; ++i) x = x * multiplier + increment;
    return x;
  }

  /// The end of walk() in O(log steps).
  static constexpr std::uint64_t jump(std::uint64_t x, std::int64_t steps) noexcept {
    std::uint64_t a = multiplier, c = increment;
    for (; steps > 0; steps >>= 1) {
      if (steps & 1) x = x * a + c;
      c *= a + 1;
      a *= a;
    }
    return x;
  }

  /// Where chain `number` of a seed starts.
  static constexpr std::uint64_t start(std::int64_t seed, std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(seed) * 0x9E3779B97F4A7C15ULL +
           static_cast<std::uint64_t>(number);
  }
};

/// A 64-bit number in which every bit depends on every bit of `x`.
/// Source:  Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014:
///          the finaliser of SplitMix64, variant 13 of Stafford.
constexpr std::uint64_t scrambled(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace scalelaw
