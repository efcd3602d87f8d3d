#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace scalelaw::jpeg {

/// The tables of ITU-T T.81 Annex K and the orders that the standard defines.
/// `kind` 0 is for luminance (and grey), 1 for chrominance.

/// Natural index (8 * vertical + horizontal frequency) of the k-th coefficient in zig-zag order
/// (T.81, figure A.6).
inline constexpr std::array<std::uint8_t, 64> zigzag = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/// Quantiser steps in zig-zag order for `quality` 1 to 100, scaled as in the Independent JPEG
/// Group's jpeg_set_quality and limited to 1..255 (baseline).
std::array<std::uint8_t, 64> quantiser_steps(int kind, std::int64_t quality);

/// A Huffman table as in a DHT segment: the number of codes of each length 1..16, then the symbols.
struct HuffmanSpec {
  std::array<std::uint8_t, 16> counts;
  std::span<const std::uint8_t> symbols;
};
HuffmanSpec huffman_dc(int kind);
HuffmanSpec huffman_ac(int kind);

/// The code of each symbol (T.81, C.2); a symbol without a code has length 0.
struct HuffmanCodes {
  std::array<std::uint16_t, 256> code{};
  std::array<std::uint8_t, 256> length{};
};
HuffmanCodes huffman_codes(const HuffmanSpec& spec);

}  // namespace scalelaw::jpeg
