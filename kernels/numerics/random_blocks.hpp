#pragma once

// For the sources of one instruction set alone; see vectors.hpp.
#include "kernels/numerics/random_block.hpp"
#include "kernels/numerics/random_path.hpp"

namespace scalelaw {
namespace {

template <int N>
inline void store_blocks(std::int64_t seed, std::uint32_t stream, std::int64_t first, double* out) {
  F64 values[N][4][vectors_of_eight];
  random_block(seed, stream, first, values);
  for (int b = 0; b < N; ++b) {
    for (int w = 0; w < 4; ++w) {
      for (int v = 0; v < vectors_of_eight; ++v) {
        store(out + 32 * b + 8 * w + v * width, values[b][w][v]);
      }
    }
  }
}

void random_blocks(std::int64_t seed, std::uint32_t stream, std::int64_t first, std::int64_t count,
                   double* out) {
  std::int64_t b = 0;
  for (; b + blocks_together <= count; b += blocks_together) {
    store_blocks<blocks_together>(seed, stream, first + b, out + 32 * b);
  }
  for (; b < count; ++b) store_blocks<1>(seed, stream, first + b, out + 32 * b);
}

}  // namespace
}  // namespace scalelaw
