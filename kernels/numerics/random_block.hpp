#pragma once

// Only for sources compiled for one instruction set; see vectors.hpp.
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

/// The number of blocks generated together, so that the multiplications of one fill the waiting
/// times of another; as many as fit the registers.
constexpr int blocks_together = vectors_of_eight < 4 ? 4 / vectors_of_eight : 1;

/// Writes the words of Philox's counters 8 (number + n) + l to lane l of words[n], in the lanes'
/// low halves; the high halves are undefined.
template <int N>
inline void random_words(std::int64_t seed, std::uint32_t stream, std::int64_t number,
                         U64 (&words)[N][4][vectors_of_eight]) {
  static constexpr std::uint64_t lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  constexpr int vectors = N * vectors_of_eight;
  const auto key = static_cast<std::uint64_t>(seed);
  const U64 m0 = U64{} + 0xD2511F53, m1 = U64{} + 0xCD9E8D57;
  // Only the low half of each lane counts; the high half is never read.
  U64 c0[vectors], c1[vectors], c2[vectors], c3[vectors];
  for (int v = 0; v < vectors; ++v) {
    c0[v] = load(lane_numbers + v % vectors_of_eight * width) +
            static_cast<std::uint64_t>(number + v / vectors_of_eight) * std::uint64_t{8};
    c1[v] = c0[v] >> 32;
    c2[v] = U64{} + stream;
    c3[v] = U64{};
  }
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int v = 0; v < vectors; ++v) {
      const U64 p0 = multiply_low_halves(m0, c0[v]), p1 = multiply_low_halves(m1, c2[v]);
      c0[v] = (p1 >> 32) ^ c1[v] ^ k0;
      c2[v] = (p0 >> 32) ^ c3[v] ^ k1;
      c1[v] = p1;
      c3[v] = p0;
    }
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  for (int v = 0; v < vectors; ++v) {
    U64(&of_block)[4][vectors_of_eight] = words[v / vectors_of_eight];
    const int at = v % vectors_of_eight;
    of_block[0][at] = c0[v];
    of_block[1][at] = c1[v];
    of_block[2][at] = c2[v];
    of_block[3][at] = c3[v];
  }
}

/// Blocks [number, number + N) of RandomSequence(seed, stream): 32 values each, in order.
template <int N>
inline void random_block(std::int64_t seed, std::uint32_t stream, std::int64_t number,
                         F64 (&values)[N][4][vectors_of_eight]) {
  U64 words[N][4][vectors_of_eight];
  random_words(seed, stream, number, words);
  for (int b = 0; b < N; ++b) {
    for (int w = 0; w < 4; ++w) {
      for (int v = 0; v < vectors_of_eight; ++v) values[b][w][v] = to_unit(words[b][w][v]);
    }
  }
}

/// 1 + the lower or upper half of each lane's word times 2^-16: values of HalfSequence.
template <bool upper>
inline F64 one_and_half(U64 words) {
  const U64 mantissa = (words << (upper ? 20 : 36)) & 0x000FFFF000000000;
  return reinterpret_cast<F64>(mantissa | 0x3FF0000000000000);
}

}  // namespace
}  // namespace scalelaw
