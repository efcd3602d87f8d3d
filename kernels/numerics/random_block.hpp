#pragma once

// For the sources of one instruction set alone; see vectors.hpp.
#include "kernels/numerics/vectors.hpp"

namespace scalelaw {
namespace {

/// Vectors that hold eight lanes, whatever their width.
constexpr int vectors_of_eight = 8 / width;

/// Multiples of 2^-20 in [0, 1) from the low 32 bits of each lane.
inline F64 to_unit(U64 words) {
  // 2^32 + k 2^-20 has k in its last 20 bits.
  const U64 bits = ((words & 0xFFFFFFFF) >> 12) | 0x41F0000000000000;
  return reinterpret_cast<F64>(bits) - 0x1p32;
}

/// Block `number` of RandomSequence(seed, stream): 32 values, in order.
inline void random_block(std::int64_t seed, std::uint32_t stream, std::int64_t number,
                         F64 (&values)[4][vectors_of_eight]) {
  static constexpr std::uint64_t lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto key = static_cast<std::uint64_t>(seed);
  const U64 m0 = U64{} + 0xD2511F53, m1 = U64{} + 0xCD9E8D57;
  for (int v = 0; v < vectors_of_eight; ++v) {
    const U64 counter =
        load(lane_numbers + v * width) + static_cast<std::uint64_t>(number) * std::uint64_t{8};
    // Only the low half of each lane counts; what is above it is never looked at.
    U64 c0 = counter, c1 = counter >> 32, c2 = U64{} + stream, c3 = U64{};
    std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
      const U64 p0 = multiply_low_halves(m0, c0), p1 = multiply_low_halves(m1, c2);
      c0 = (p1 >> 32) ^ c1 ^ k0;
      c2 = (p0 >> 32) ^ c3 ^ k1;
      c1 = p1;
      c3 = p0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    values[0][v] = to_unit(c0);
    values[1][v] = to_unit(c1);
    values[2][v] = to_unit(c2);
    values[3][v] = to_unit(c3);
  }
}

}  // namespace
}  // namespace scalelaw
