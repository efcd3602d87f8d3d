#pragma once

// For the sources of one instruction set alone; see vectors.hpp.
#include "kernels/numerics/random_block.hpp"
#include "kernels/numerics/random_path.hpp"

namespace scalelaw {
namespace {

void random_blocks(std::int64_t seed, std::uint32_t stream, std::int64_t first, std::int64_t count,
                   double* out) {
  for (std::int64_t b = 0; b < count; ++b) {
    F64 values[4][vectors_of_eight];
    random_block(seed, stream, first + b, values);
    for (int w = 0; w < 4; ++w) {
      for (int v = 0; v < vectors_of_eight; ++v)
        store(out + 32 * b + 8 * w + v * width, values[w][v]);
    }
  }
}

}  // namespace
}  // namespace scalelaw
