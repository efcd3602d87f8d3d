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
    const int power = static_cast<int>(std::bit_width(divisor - 1)) - 2;
    out.factor[zigzag[k]] = static_cast<std::int16_t>((1U << (16 + power)) / divisor + 1);
    out.scale[zigzag[k]] = static_cast<std::int16_t>(1 << (15 - power));
  }
  return out;
}

/// The lowest `length` bits of `bits` as an entry.
std::uint64_t entry(std::uint64_t bits, std::uint64_t length) {
  return length == 0 ? 0 : bits << (64 - length) | length;
}

/// A value as T.81, F.1.2.1 writes it: its size, and that many bits.
struct Value {
  explicit Value(std::int32_t value)
      : size(static_cast<std::uint32_t>(
            std::bit_width(static_cast<std::uint32_t>(value < 0 ? -value : value)))),
        bits(static_cast<std::uint32_t>(value < 0 ? value - 1 : value) & ((1U << size) - 1)) {}
  std::uint32_t size, bits;
};

/// The code of 16 * run + size, followed by the value's bits.
std::uint64_t entry(const HuffmanCodes& codes, std::uint32_t run, const Value& value) {
  const std::uint32_t symbol = 16 * run + value.size;
  return entry(std::uint64_t{codes.code[symbol]} << value.size | value.bits,
               codes.length[symbol] + value.size);
}

/// Writes the entries of one kind of component to `out`.
void make_entries(int kind, std::uint64_t* out) {
  using Table = EntropyTable;
  const HuffmanCodes ac = huffman_codes(huffman_ac(kind));
  const HuffmanCodes dc = huffman_codes(huffman_dc(kind));
  for (std::uint32_t step = 1; step <= Table::longest_step; ++step) {
    for (std::int32_t value = -127; value < 127; ++value) {
      if (value == 0) continue;
      out[256 * step + (static_cast<std::uint32_t>(value) & 255)] =
          entry(ac, step - 1, Value(value));
    }
  }
  for (std::uint32_t symbol = 0; symbol < 256; ++symbol) {
    out[Table::run_and_size + symbol] = entry(ac.code[symbol], ac.length[symbol]);
  }
  out[Table::end_of_block] = out[Table::run_and_size];
  for (std::uint32_t size = 1; size < 11; ++size) {
    for (std::uint32_t bits = 0; bits < 1U << size; ++bits) {
      out[Table::value_bits + (1U << size) + bits] = entry(bits, size);
    }
  }
  for (std::int32_t difference = -2047; difference < 2048; ++difference) {
    out[static_cast<std::int32_t>(Table::no_difference) + difference] =
        entry(dc, 0, Value(difference));
  }
}

}  // namespace

const EntropyTable& entropy_table() {
  static const EntropyTable table = [] {
    EntropyTable out;
    for (int kind = 0; kind < 2; ++kind) make_entries(kind, &out.entry[kind * out.symbols]);
    return out;
  }();
  return table;
}

EncoderTables::EncoderTables(std::int64_t quality) {
  for (int kind = 0; kind < 2; ++kind) {
    const auto index = static_cast<std::size_t>(kind);
    steps[index] = quantiser_steps(kind, quality);
    quantiser[index] = make_quantiser(steps[index]);
  }
}

}  // namespace scalelaw::jpeg
