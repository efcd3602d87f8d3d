#pragma once

#include <bit>
#include <cstring>

#include "kernels/prime_sieve/tally.hpp"

namespace scalelaw::sieve {
namespace {

/// The number of bits set in `bytes`, whose size is a multiple of 64, by the population count that
/// the translation unit is compiled for (hence internal linkage).
inline std::int64_t count_by_words(std::span<const std::uint8_t> bytes) {
  std::int64_t count[4] = {};
  for (std::size_t at = 0; at < bytes.size(); at += 32) {
    std::uint64_t words[4];
    std::memcpy(words, bytes.data() + at, sizeof words);
    for (int i = 0; i < 4; ++i) count[i] += std::popcount(words[i]);
  }
  return count[0] + count[1] + count[2] + count[3];
}

}  // namespace
}  // namespace scalelaw::sieve
