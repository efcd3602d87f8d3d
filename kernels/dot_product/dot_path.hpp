#pragma once

#include <cstdint>

#include "kernels/numerics/prefetch.hpp"

namespace scalelaw {

/// Elements of one item; a vector's last item may be shorter.
constexpr std::int64_t dot_block = 4096;
/// Blocks are read in groups of this many elements, so the elements after a vector's last, up to a
/// whole group, must be zero.
constexpr std::int64_t dot_group = 32;

/// A block's sum and, for the compensated sum, its accumulated rounding error.
struct DotSum {
  double sum = 0;
  double correction = 0;
};

/// The code for one block in one instruction set; all give the same bits.
struct DotPath {
  /// Sum of x[i] y[i] over i in [0, n), n rounded up to whole groups, in 32 lanes.  Prefetches
  /// `ahead` bytes ahead, beyond the block's end as well: there the next one begins.
  template <class T>
  using Block = DotSum (*)(const T* x, const T* y, std::int64_t n, std::int64_t ahead);

  template <class T>
  struct Blocks {
    PrefetchPair<Block<T>> standard, dot2;
  };
  Blocks<double> f64;
  Blocks<float> f32;
  /// Elements [32 chunk, 32 (chunk + count)) of both vectors, as DotProduct::fill() describes.
  void (*fill_f64)(std::int64_t seed, std::int64_t chunk, std::int64_t count, double* x, double* y);
  void (*fill_f32)(std::int64_t seed, std::int64_t chunk, std::int64_t count, float* x, float* y);
};

extern const DotPath dot_path_scalar, dot_path_avx2, dot_path_avx512, dot_path_neon;

}  // namespace scalelaw
