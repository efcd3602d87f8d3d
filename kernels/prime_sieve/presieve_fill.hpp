#pragma once

#include <cstring>

#include "kernels/prime_sieve/presieve.hpp"

namespace scalelaw::sieve {

/// The body of every FillFunction: eight vectors of `Width` bytes hold their part of a block while
/// all patterns are ANDed into them.  Each instruction set has its own Width, so that no two
/// translation units share an instantiation.
template <std::size_t Width>
void fill_by_vectors(std::span<std::uint8_t> out, std::span<PatternCursor> patterns) {
  using Vector [[gnu::vector_size(Width)]] = std::uint8_t;
  constexpr std::size_t block = presieve_block;
  constexpr std::size_t lanes = block / Width < 8 ? block / Width : 8;
  for (std::size_t at = 0; at < out.size(); at += lanes * Width) {
    const std::size_t part = at % block;
    Vector sum[lanes];
    for (Vector& lane : sum) lane = ~Vector{};
    for (const PatternCursor& pattern : patterns) {
      const std::uint8_t* from = pattern.bytes + pattern.position + part;
      for (std::size_t i = 0; i < lanes; ++i) {
        Vector bytes;
        std::memcpy(&bytes, from + i * Width, Width);
        sum[i] &= bytes;
      }
    }
    // Unrolled here, because GCC would otherwise keep the vectors in memory for this loop.
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lanes; ++i) {
      std::memcpy(out.data() + at + i * Width, &sum[i], Width);
    }
    if (part + lanes * Width < block) continue;
    for (PatternCursor& pattern : patterns) {
      pattern.position += presieve_block;
      pattern.position -= pattern.position >= pattern.period ? pattern.period : 0;
    }
  }
}

}  // namespace scalelaw::sieve
