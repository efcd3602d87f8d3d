#pragma once

#include <array>
#include <cstdint>

namespace scalelaw {

/// Philox4x32-10: four random 32-bit words that depend on (counter, key) alone.
/// Threads: pure.
/// Source:  Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11,
///          section 4.3.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return counter;
}

/// The words of counter `number` in one of 2^32 streams.
constexpr std::array<std::uint32_t, 4> philox_words(std::int64_t number, std::uint32_t stream,
                                                    std::int64_t seed) noexcept {
  const auto counter = static_cast<std::uint64_t>(number), key = static_cast<std::uint64_t>(seed);
  return philox(
      {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), stream, 0},
      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
}

}  // namespace scalelaw
