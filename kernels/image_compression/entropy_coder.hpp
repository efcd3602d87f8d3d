#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "kernels/image_compression/encoded_bytes.hpp"
#include "kernels/image_compression/row_encoder.hpp"
#include "kernels/image_compression/standard_tables.hpp"

// Included by each code path, which compiles it for its own instruction set: hence the unnamed
// namespace.
namespace scalelaw::jpeg {
namespace {

/// Bits gathered from the top of a 64-bit word; whole bytes leave by one unaligned store that needs
/// no branch.  At most 7 bits stay after flush(), and 48 may follow before the next.
struct BitWriter {
  std::uint64_t bits = 0;
  std::uint64_t count = 0;  ///< in the low 6 bits; above them is what entries left there
  std::uint8_t* out;

  /// Takes an entry (encoder_tables.hpp).  Its length ends in the lowest 6 bits of the word at
  /// most, which flush() clears.
  [[gnu::always_inline]] void put(std::uint64_t entry) {
    bits |= entry >> (count & 63);
    count += entry;
  }
  /// The same of two, which are joined first, so that only one waits for what is before them.
  [[gnu::always_inline]] void put_both(std::uint64_t first, std::uint64_t second) {
    bits |= (first | second >> (first & 63)) >> (count & 63);
    count += first + second;
  }
  [[gnu::always_inline]] void put(std::uint64_t value, std::uint64_t length) {
    put(value << (-length & 63) | length);
  }

  [[gnu::always_inline]] void flush() {
    std::uint64_t word = bits;
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
    std::memcpy(out, &word, 8);
    out += count >> 3 & 7;
    bits = bits << (count & 56) & std::uint64_t{0xff} << 56;
    count &= 7;
  }
};

/// Huffman code of the size, then the value's low bits (T.81, F.1.2.1).
[[gnu::always_inline]] inline std::uint64_t dc_entry(std::int32_t difference,
                                                     const EntropyTable& table) {
  const std::int32_t sign = difference >> 31;
  const auto magnitude = static_cast<std::uint32_t>((difference ^ sign) - sign);
  const auto size = static_cast<std::uint32_t>(std::bit_width(magnitude));
  const std::uint64_t value = static_cast<std::uint32_t>(difference + sign) & ((1U << size) - 1);
  const std::uint64_t entry = table.dc[size];
  return entry | value << (-entry & 63);
}

/// A coefficient that the combined table has no entry for: a run of more than 15 zeros, or a value
/// that does not fit in a byte.  Leaves the writer flushed.
[[gnu::noinline]] void put_rare(BitWriter& writer, std::uint32_t run, std::int32_t value,
                                const EntropyTable& table) {
  writer.flush();
  for (; run > 15; run -= 16) writer.put(table.ac[0xf0]);
  writer.flush();
  const std::int32_t sign = value >> 31;
  const auto magnitude = static_cast<std::uint32_t>((value ^ sign) - sign);
  const auto size = static_cast<std::uint32_t>(std::bit_width(magnitude));
  writer.put(table.ac[16 * run + size]);
  writer.put(static_cast<std::uint32_t>(value + sign) & ((1U << size) - 1), size);
  writer.flush();
}

/// The coefficients of one block among its neighbours, in block order: `stride` lanes from one
/// horizontal frequency to the next.
template <int stride>
struct Coefficients {
  const std::int16_t* first;

  [[gnu::always_inline]] std::int32_t dc() const { return first[0]; }
  /// The k-th in zig-zag order.
  [[gnu::always_inline]] std::int32_t operator[](std::uint32_t k) const {
    return first[zigzag[k] % 8 * stride + zigzag[k] / 8];
  }
};

/// One AC coefficient: the lowest set bit of `left`, which is cleared.  `previous` is the place of
/// the one before.
template <int stride>
[[gnu::always_inline]] inline void put_ac(BitWriter& writer, const Block& block,
                                          Coefficients<stride> coefficients, std::uint64_t& left,
                                          std::uint32_t& previous, const EntropyTable& table) {
  const auto k = static_cast<std::uint32_t>(std::countr_zero(left));
  left &= left - 1;
  const std::uint32_t step = k - previous;
  previous = k;
  const auto value = static_cast<std::uint8_t>(block.bytes[k]);
  const std::uint64_t entry = step <= 16 ? table.coefficient[256 * step + value] : 0;
  if (entry != 0) [[likely]] {
    writer.put(entry);
  } else {
    put_rare(writer, step - 1, coefficients[k], table);
  }
}

/// A whole block, walking over the set bits of `nonzero`.  `difference`: of its DC coefficient to
/// the one before it in its component.
template <int stride>
[[gnu::always_inline]] inline void put_block(BitWriter& writer, const Block& block,
                                             Coefficients<stride> coefficients,
                                             std::uint64_t nonzero, std::int32_t difference,
                                             const EntropyTable& table) {
  writer.put(dc_entry(difference, table));
  writer.flush();
  std::uint64_t left = nonzero & ~std::uint64_t{1};
  std::uint32_t previous = 0;
  while ((left & (left - 1)) != 0) {
    put_ac(writer, block, coefficients, left, previous, table);
    put_ac(writer, block, coefficients, left, previous, table);
    writer.flush();
  }
  if (left != 0) put_ac(writer, block, coefficients, left, previous, table);
  if (previous != 63) writer.put(table.ac[0]);
  writer.flush();
}

/// The same from a list of symbols, end of block included.  Four at a time, of which the last may
/// be nothings: fewer ways for the loop to end than there are lengths.
[[gnu::always_inline]] inline void put_symbols(BitWriter& writer, const Block& block,
                                               std::int32_t difference, const EntropyTable& table) {
  const std::uint16_t* const symbol = block.symbols.data();
  const auto entry = [&](std::size_t i) { return table.coefficient[symbol[i]]; };
  writer.put_both(dc_entry(difference, table), entry(0));
  writer.flush();
  for (std::size_t i = 1; i < block.symbol_count; i += 4) {
    writer.put_both(entry(i), entry(i + 1));
    writer.flush();
    writer.put_both(entry(i + 2), entry(i + 3));
    writer.flush();
  }
}

/// Appends the bytes [from, to), with a zero after each 0xff (T.81, B.1.1.5).  Reads and writes up
/// to one Lanes::scan_bytes beyond.
template <class Lanes>
void append_stuffed(const std::uint8_t* from, const std::uint8_t* to, EncodedBytes& into) {
  auto* const start =
      reinterpret_cast<std::uint8_t*>(into.reserve(2 * (to - from) + 2 * Lanes::scan_bytes));
  std::uint8_t* out = start;
  while (from < to) {
    const std::int64_t clean = Lanes::copy_until_ff(from, out);
    if (clean >= to - from) {
      out += to - from;
      break;
    }
    from += clean;
    out += clean;
    if (clean < Lanes::scan_bytes) {
      out[0] = 0xff;
      out[1] = 0;
      out += 2;
      ++from;
    }
  }
  into.commit(out - start);
}

}  // namespace
}  // namespace scalelaw::jpeg
