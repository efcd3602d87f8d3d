#pragma once

#include <cstdint>

#include "kernels/numerics/half_sequence.hpp"
#include "kernels/numerics/philox.hpp"

namespace scalelaw {

/// Value n of HalfSequence(seed, stream), computed by its definition.
inline double half_value(std::int64_t seed, std::uint32_t stream, std::int64_t n) {
  const std::int64_t place = n % HalfSequence::block, lane = place % 8;
  const auto words = philox_words(n / HalfSequence::block * 8 + lane, stream, seed);
  const std::uint32_t word = words[static_cast<std::size_t>(place / 16)];
  const bool upper = place / 8 % 2 != 0;
  return (upper ? word >> 16 : word & 0xFFFF) * 0x1p-16;
}

}  // namespace scalelaw
