#pragma once

#include <array>
#include <cstdint>

#include "kernels/numerics/philox.hpp"

namespace scalelaw {

/// Random multiples of 2^-20 in [0, 1); value n depends on (seed, stream, n) alone.  They are
/// coarse enough that sums and products of a few thousand have no rounding, and fit a float.
///
/// Values come in blocks of 32, made by eight Philox counters: word w of counter 8 b + l is value
/// 32 b + 8 w + l, so that vectors of any width up to eight lanes hold neighbours (random_block()).
/// Threads: pure, except that value() remembers the last block.
class RandomSequence {
 public:
  static constexpr std::int64_t block = 32;

  RandomSequence(std::int64_t seed, std::uint32_t stream) : seed_(seed), stream_(stream) {}

  /// Value n; cheap when the previous call was for the same block.
  [[nodiscard]] double value(std::int64_t n) {
    if (n / block != held_) hold(n / block);
    return values_[static_cast<std::size_t>(n % block)];
  }

 private:
  void hold(std::int64_t number) {
    for (std::uint32_t lane = 0; lane < 8; ++lane) {
      const auto words = philox_words(number * 8 + lane, stream_, seed_);
      for (std::size_t w = 0; w < 4; ++w) values_[8 * w + lane] = (words[w] >> 12) * 0x1p-20;
    }
    held_ = number;
  }

  std::int64_t seed_;
  std::uint32_t stream_;
  std::int64_t held_ = -1;
  std::array<double, block> values_{};
};

}  // namespace scalelaw
