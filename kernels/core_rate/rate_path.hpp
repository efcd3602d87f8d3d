#pragma once

#include <cstdint>

namespace scalelaw {

/// The operations of an item: whole turns of every loop in every instruction set.
constexpr std::int64_t rate_item = 12'288;
/// What the loops read, in words of 64 bits and in floats: half of a first-level cache of 8 KiB.
constexpr std::int64_t rate_words = 512;
constexpr std::int64_t rate_floats = 1024;
/// What the updates change, each once an item, and how far apart one after the other is: as a sieve's
/// prime does.
constexpr std::int64_t rate_bytes = rate_item;
constexpr std::int64_t rate_stride = 223;

/// The loops of one instruction set.  Each does `items` items and returns the sum of what it gave,
/// modulo 2^64; the same bits in every set.
struct RatePath {
  /// Adds `one` to sums that begin at 0.  `one` is 1, which the compiler must not know.
  std::uint64_t (*add)(double one, std::int64_t items);
  /// Multiplies the sums by `one` and adds it.
  std::uint64_t (*multiply_add)(double one, std::int64_t items);
  /// The bits of the doubles of `rate_floats` floats, again and again.
  std::uint64_t (*convert)(const float* floats, std::int64_t items);
  /// The bits that are set in `rate_words` words, again and again.
  std::uint64_t (*popcount)(const std::uint64_t* words, std::int64_t items);
  /// Adds 1 to each of `rate_bytes` bytes, again and again, `stride` apart.
  std::uint64_t (*update)(std::uint8_t* bytes, std::int64_t stride, std::int64_t items);
};

extern const RatePath rate_path_scalar, rate_path_avx2, rate_path_avx512, rate_path_neon;

}  // namespace scalelaw
