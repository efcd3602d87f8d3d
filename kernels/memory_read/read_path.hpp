#pragma once

#include <cstdint>

#include "kernels/numerics/prefetch.hpp"

namespace scalelaw {

/// The code for reading in one instruction set; all give the same bits.
struct ReadPath {
  /// Sum modulo 2^64 of the n words at `words`; n is a multiple of 1024.  Prefetches `ahead` bytes
  /// ahead.
  using Sum = std::uint64_t (*)(const std::uint64_t* words, std::int64_t n, std::int64_t ahead);
  /// By the number of places that it reads in turn, from 1.
  PrefetchPair<Sum> sums[4];
  /// Generates the words [first, first + n) of the input; n is a multiple of 8.
  void (*fill)(std::uint64_t start, std::int64_t first, std::int64_t n, std::uint64_t* words);
};

/// Word i of the input is start + step * i, modulo 2^64.
constexpr std::uint64_t read_step = 0x9E3779B97F4A7C15;

extern const ReadPath read_path_scalar, read_path_avx2, read_path_avx512, read_path_neon;

}  // namespace scalelaw
