#pragma once

#include <cstdint>

namespace scalelaw {

/// Random multiples of 2^-16 in [0, 1); value n depends on (seed, stream, n) alone.  They are
/// halves of Philox's words, for uses that need many coarse numbers.
///
/// Values come in blocks of 64, made by eight Philox counters: the lower half of word w of counter
/// 8 b + l is value 64 b + 16 w + l, the upper half value 64 b + 16 w + 8 + l.
/// Threads: pure.
class HalfSequence {
 public:
  static constexpr std::int64_t block = 64;

  HalfSequence(std::int64_t seed, std::uint32_t stream) : seed_(seed), stream_(stream) {}

  /// Writes the values [begin, end) to `out`, with the widest vectors that active_isa() allows.
  void fill(std::int64_t begin, std::int64_t end, double* out) const;

 private:
  std::int64_t seed_;
  std::uint32_t stream_;
};

}  // namespace scalelaw
