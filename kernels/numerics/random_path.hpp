#pragma once

#include <cstdint>

#include "common/isa.hpp"

namespace scalelaw {

/// The code for whole blocks of a HalfSequence in one instruction set.
struct RandomPath {
  /// Blocks [first, first + count) of HalfSequence(seed, stream), 64 values each.
  void (*halves)(std::int64_t seed, std::uint32_t stream, std::int64_t first, std::int64_t count,
                 double* out);
};

extern const RandomPath random_path_scalar, random_path_avx2, random_path_avx512, random_path_neon;

}  // namespace scalelaw
