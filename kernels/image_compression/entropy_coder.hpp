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

/// Bits gathered in the low end of a 64-bit word; whole bytes leave by one unaligned store that
/// needs no branch.  At most 7 bits stay after flush(), so 57 may follow before the next.
struct BitWriter {
  std::uint64_t bits = 0;
  std::uint64_t count = 0;
  std::uint8_t* out;

  [[gnu::always_inline]] void put(std::uint64_t value, std::uint64_t length) {
    bits = bits << length | value;
    count += length;
  }
  [[gnu::always_inline]] void put(std::uint32_t entry) { put(entry >> 8, entry & 255); }

  [[gnu::always_inline]] void flush() {
    std::uint64_t word = bits << (-count & 63);
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
    std::memcpy(out, &word, 8);
    out += count >> 3;
    count &= 7;
  }
};

/// Huffman code of the size, then the value's low bits (T.81, F.1.2.1).
[[gnu::always_inline]] inline void put_dc(BitWriter& writer, std::int32_t difference,
                                          const EntropyTable& table) {
  const std::int32_t sign = difference >> 31;
  const auto magnitude = static_cast<std::uint32_t>((difference ^ sign) - sign);
  const auto size = static_cast<std::uint32_t>(std::bit_width(magnitude));
  const std::uint32_t value = static_cast<std::uint32_t>(difference + sign) & ((1U << size) - 1);
  const std::uint32_t entry = table.dc[size];
  writer.put(std::uint64_t{entry >> 8} << size | value, (entry & 255) + size);
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

[[gnu::always_inline]] inline std::size_t block_place(std::uint32_t k) {
  return 8 * (zigzag[k] % 8U) + zigzag[k] / 8U;
}

/// One AC coefficient: the lowest set bit of `left`, which is cleared.  `previous` is the place of
/// the one before.
[[gnu::always_inline]] inline void put_ac(BitWriter& writer, const Block& block,
                                          std::uint64_t& left, std::uint32_t& previous,
                                          const EntropyTable& table) {
  const auto k = static_cast<std::uint32_t>(std::countr_zero(left));
  left &= left - 1;
  const std::uint32_t run = k - previous - 1;
  previous = k;
  const auto value = static_cast<std::uint8_t>(block.bytes[k]);
  const std::uint32_t entry = run < 16 ? table.coefficient[256 * run + value] : 0;
  if (entry != 0) [[likely]] {
    writer.put(entry);
  } else {
    put_rare(writer, run, block.coefficients[block_place(k)], table);
  }
}

/// A whole block.  `difference`: of its DC coefficient to the one before it in its component.
[[gnu::always_inline]] inline void put_block(BitWriter& writer, const Block& block,
                                             std::uint64_t nonzero, std::int32_t difference,
                                             const EntropyTable& table) {
  put_dc(writer, difference, table);
  writer.flush();
  std::uint64_t left = nonzero & ~std::uint64_t{1};
  std::uint32_t previous = 0;
  for (int pairs = std::popcount(left) / 2; pairs > 0; --pairs) {
    put_ac(writer, block, left, previous, table);
    put_ac(writer, block, left, previous, table);
    writer.flush();
  }
  if (left != 0) put_ac(writer, block, left, previous, table);
  if (previous != 63) writer.put(table.ac[0]);
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
