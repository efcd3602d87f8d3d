#pragma once

#include <cstdint>

#include "kernels/numerics/weyl.hpp"

namespace scalelaw {

/// The generated vectors are cut into chunks of 32 elements, of eight groups each.  Group g has
/// random numbers a, b, c and a random sign s, and a number d of a Weyl sequence, all multiples of
/// 2^-20:
///     x of the group: a   b   c   1 - c      y of the group: s b   -s a   d   d
/// whose products add up to d, and the sum of the first d has a closed form.  Where x meets the y
/// of another group the products add up to something else, in pairs of groups too, because of s.
/// A group's four elements are eight apart, so that lanes are groups.
constexpr std::int64_t dot_groups_per_chunk = 8;
constexpr std::uint32_t dot_stream =
    1;  ///< of RandomSequence: eight each of a, b, c; s is + from 0.5 on

/// The d of group g is number g of this sequence.
constexpr Weyl dot_weyl(std::int64_t seed) noexcept {
  return {golden_step, weyl_start(seed, 0)};
}

}  // namespace scalelaw
