#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace scalelaw::sieve {

/// A sieve has one byte per 30 numbers.  Bit i of byte b stands for 30 b + residues[i]; primes
/// above 5 have no other residues modulo 30.
inline constexpr std::array<int, 8> residues{1, 7, 11, 13, 17, 19, 23, 29};
inline constexpr std::int64_t numbers_per_byte = 30;

/// The bit that stands for `residue` (one of residues).
constexpr int bit_of(int residue) {
  int bit = 0;
  while (residues[bit] != residue) ++bit;
  return bit;
}

/// All bits of a byte except the one for `number`, which must have one of the residues.
constexpr std::uint8_t all_but(int number) {
  return static_cast<std::uint8_t>(~(1U << bit_of(number % 30)));
}

/// The bits of a byte for the residues r with low <= r <= high.
constexpr std::uint8_t residues_between(std::int64_t low, std::int64_t high) {
  unsigned bits = 0;
  for (int i = 0; i < 8; ++i) {
    if (residues[i] >= low && residues[i] <= high) bits |= 1U << i;
  }
  return static_cast<std::uint8_t>(bits);
}

/// One turn of the wheel for a prime p = 30 quotient + residues[R]: its multiples by 30 k + w for
/// the eight residues w.  Multiple j lies quotient * residues[j] + carry[j] bytes after byte p k.
template <int R>
struct Turn {
  static constexpr auto carry = [] {
    std::array<int, 8> out{};
    for (int j = 0; j < 8; ++j) out[j] = residues[R] * residues[j] / 30;
    return out;
  }();
  static constexpr auto mask = [] {
    std::array<std::uint8_t, 8> out{};
    for (int j = 0; j < 8; ++j) out[j] = all_but(residues[R] * residues[j]);
    return out;
  }();
};

/// Clears the eight multiples of the turn that begins at `turn`.
template <int R>
[[gnu::always_inline]] inline void cross_off_turn(std::uint8_t* turn, std::ptrdiff_t quotient) {
  [&]<std::size_t... J>(std::index_sequence<J...>) {
    ((turn[quotient * residues[J] + Turn<R>::carry[J]] &= Turn<R>::mask[J]), ...);
  }
  (std::make_index_sequence<8>{});
}

/// Calls visit.template operator()<R>() for each residue R = 0..7, in order.
template <class Visit>
void for_each_residue(Visit&& visit) {
  [&]<int... R>(std::integer_sequence<int, R...>) {
    (visit.template operator()<R>(), ...);
  }
  (std::make_integer_sequence<int, 8>{});
}

}  // namespace scalelaw::sieve
