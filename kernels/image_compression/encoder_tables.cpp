#include "kernels/image_compression/encoder_tables.hpp"

#include <algorithm>
#include <bit>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {
namespace {

Quantiser make_quantiser(const std::array<std::uint8_t, 64>& steps) {
  Quantiser out;
  for (std::size_t k = 0; k < 64; ++k) {
    const std::uint32_t divisor = coefficient_scale * steps[k];
    const int power = std::bit_width(divisor) - 1;
    const std::size_t place = 8 * (zigzag[k] % 8U) + zigzag[k] / 8U;
    const std::uint64_t numerator = std::uint64_t{1} << (15 + power);
    out.factor[place] = static_cast<std::int16_t>(
        std::min<std::uint64_t>((numerator + divisor / 2) / divisor, 32767));
    out.scale[place] = static_cast<std::int16_t>(1 << (15 - power));
  }
  return out;
}

/// The lowest `length` bits of `bits` as an entry.
std::uint64_t entry(std::uint64_t bits, std::uint64_t length) {
  return length == 0 ? 0 : bits << (64 - length) | length;
}

std::uint64_t code_entry(const HuffmanCodes& codes, std::size_t symbol) {
  return entry(codes.code[symbol], codes.length[symbol]);
}

EntropyTable make_entropy_table(int kind) {
  const HuffmanCodes ac = huffman_codes(huffman_ac(kind));
  const HuffmanCodes dc = huffman_codes(huffman_dc(kind));
  EntropyTable out;
  for (std::size_t symbol = 0; symbol < 256; ++symbol) out.ac[symbol] = code_entry(ac, symbol);
  for (std::size_t size = 0; size < out.dc.size(); ++size)
    out.dc[size] = code_entry(dc, size) + size;
  out.coefficient[EntropyTable::end_of_block] = out.ac[0];
  for (std::uint32_t run = 0; run < 16; ++run) {
    for (std::int32_t value = -127; value < 127; ++value) {
      if (value == 0) continue;
      const auto magnitude = static_cast<std::uint32_t>(value < 0 ? -value : value);
      const auto size = static_cast<std::uint32_t>(std::bit_width(magnitude));
      const std::uint32_t bits = value < 0 ? ~magnitude & ((1U << size) - 1) : magnitude;
      const std::uint32_t symbol = 16 * run + size;
      const std::uint32_t place = 256 * (run + 1) + (static_cast<std::uint32_t>(value) & 255);
      out.coefficient[place] =
          entry(std::uint64_t{ac.code[symbol]} << size | bits, ac.length[symbol] + size);
    }
  }
  return out;
}

}  // namespace

EncoderTables::EncoderTables(std::int64_t quality) {
  for (int kind = 0; kind < 2; ++kind) {
    const auto index = static_cast<std::size_t>(kind);
    steps[index] = quantiser_steps(kind, quality);
    quantiser[index] = make_quantiser(steps[index]);
    entropy[index] = make_entropy_table(kind);
  }
}

}  // namespace scalelaw::jpeg
