#pragma once

#include <cstdint>

#include "kernels/numerics/weyl.hpp"

namespace scalelaw {

/// The generated vectors consist of chunks of 32 elements, in eight groups of four.  Group g has
/// random numbers a, b, c, a random sign s, and a number d of a Weyl sequence, all multiples
/// of 2^-20:
///     x of the group: a   b   c   1 - c      y of the group: s b   -s a   d   d
/// The products of a group add up to d, and the sum of the first d has a closed form.  If x met the
/// y of another group, the sum would differ; because of s that also holds for pairs of groups.  A
/// group's four elements are eight apart, so that lanes are groups.
constexpr std::int64_t dot_groups_per_chunk = 8;
constexpr std::uint32_t dot_stream =
    1;  ///< of RandomSequence: eight each of a, b, c; s is + if its value is at least 0.5

/// The d of group g is number g of this sequence.
constexpr Weyl dot_weyl(std::int64_t seed) noexcept {
  return {golden_step, weyl_start(seed, 0)};
}

}  // namespace scalelaw
