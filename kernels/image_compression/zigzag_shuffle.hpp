#pragma once

#include <array>
#include <cstdint>

#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {

/// Byte shuffles that reorder a block of 64 bytes from natural into zig-zag order.  Output piece
/// `o` of 16 bytes is the union of the input pieces `i`, each shuffled by [o][i]; 0x80 clears
/// a byte.
struct ZigzagShuffle {
  alignas(64) std::array<std::array<std::array<std::uint8_t, 16>, 4>, 4> index{};

  constexpr ZigzagShuffle() {
    for (auto& of_output : index) {
      for (auto& of_input : of_output) of_input.fill(0x80);
    }
    for (std::size_t k = 0; k < 64; ++k) {
      const std::size_t from = zigzag[k];
      index[k / 16][from / 16][k % 16] = static_cast<std::uint8_t>(from % 16);
    }
  }

  /// Whether output piece `o` takes nothing from input piece `i`.
  static constexpr bool empty(int o, int i) { return (o == 0 && i == 3) || (o == 3 && i == 0); }
};
inline constexpr ZigzagShuffle zigzag_shuffle{};

}  // namespace scalelaw::jpeg
