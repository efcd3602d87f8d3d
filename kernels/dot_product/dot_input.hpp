#pragma once

#include <cstdint>

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

/// Weyl sequence: d of group g is the upper 20 bits of (step * g + start) mod 2^32, times 2^-20.
constexpr std::uint32_t weyl_step = 0x9E3779B1;
constexpr std::uint32_t weyl_start(std::int64_t seed) noexcept {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(seed) * 0xD1342543DE82EF95) >> 32);
}

}  // namespace scalelaw
