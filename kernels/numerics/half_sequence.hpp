#pragma once

#include <array>
#include <cstdint>

#include "kernels/numerics/philox.hpp"

namespace scalelaw {

/// Random multiples of 2^-16 in [0, 1), value n depending on (seed, stream, n) alone: halves of
/// Philox's words, for where many numbers are needed and coarse ones will do.
///
/// Values come in blocks of 64, made by eight Philox counters: the lower half of word w of counter
/// 8 b + l is value 64 b + 16 w + l, the upper half value 64 b + 16 w + 8 + l.
/// Threads: pure, but for value()'s memory of the last block.
class HalfSequence {
 public:
  static constexpr std::int64_t block = 64;

  HalfSequence(std::int64_t seed, std::uint32_t stream) : seed_(seed), stream_(stream) {}

  /// Value n; cheap when the last one asked for was in the same block.
  [[nodiscard]] double value(std::int64_t n) {
    if (n / block != held_) hold(n / block);
    return values_[static_cast<std::size_t>(n % block)];
  }

  /// The values [begin, end) to `out`, by the widest vectors that active_isa() allows.
  void fill(std::int64_t begin, std::int64_t end, double* out) const;

 private:
  void hold(std::int64_t number) {
    for (std::uint32_t lane = 0; lane < 8; ++lane) {
      const auto words = philox_words(number * 8 + lane, stream_, seed_);
      for (std::size_t w = 0; w < 4; ++w) {
        values_[16 * w + lane] = (words[w] & 0xFFFF) * 0x1p-16;
        values_[16 * w + 8 + lane] = (words[w] >> 16) * 0x1p-16;
      }
    }
    held_ = number;
  }

  std::int64_t seed_;
  std::uint32_t stream_;
  std::int64_t held_ = -1;
  std::array<double, block> values_{};
};

}  // namespace scalelaw
