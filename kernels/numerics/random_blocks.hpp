#pragma once

// Only for sources compiled for one instruction set; see vectors.hpp.
#include "kernels/numerics/random_block.hpp"
#include "kernels/numerics/random_path.hpp"

namespace scalelaw {
namespace {

template <int N>
inline void store_halves(std::int64_t seed, std::uint32_t stream, std::int64_t first, double* out) {
  U64 words[N][4][vectors_of_eight];
  random_words(seed, stream, first, words);
  for (int b = 0; b < N; ++b) {
    for (int w = 0; w < 4; ++w) {
      for (int v = 0; v < vectors_of_eight; ++v) {
        double* const to = out + 64 * b + 16 * w + v * width;
        store(to, one_and_half<false>(words[b][w][v]) - 1.0);
        store(to + 8, one_and_half<true>(words[b][w][v]) - 1.0);
      }
    }
  }
}

void halves(std::int64_t seed, std::uint32_t stream, std::int64_t first, std::int64_t count,
            double* out) {
  std::int64_t b = 0;
  for (; b + blocks_together <= count; b += blocks_together) {
    store_halves<blocks_together>(seed, stream, first + b, out + 64 * b);
  }
  for (; b < count; ++b) store_halves<1>(seed, stream, first + b, out + 64 * b);
}

}  // namespace
}  // namespace scalelaw
