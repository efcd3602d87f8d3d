#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "kernels/image_compression/encoded_bytes.hpp"
#include "kernels/image_compression/row_encoder.hpp"
#include "kernels/image_compression/standard_tables.hpp"

// Included by each code path, which compiles it for its own instruction set; hence the
// unnamed namespace.
namespace scalelaw::jpeg {
namespace {

/// Gathers bits from the top of a 64-bit word; whole bytes leave by one unaligned store without a
/// branch.  At most 7 bits stay after flush(), and `room` more may follow before the next.
struct BitWriter {
  static constexpr std::uint64_t room = 48;

  std::uint64_t bits = 0;
  std::uint64_t count = 0;  ///< in the low 7 bits; the others are undefined
  std::uint8_t* out;

  /// Appends an entry (encoder_tables.hpp).  Its length ends up in the lowest byte of the word,
  /// which flush() clears.
  [[gnu::always_inline]] void put(std::uint64_t entry) {
    bits |= entry >> (count & 63);
    count += entry;
  }

  [[gnu::always_inline]] void flush() {
    std::uint64_t word = bits;
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
    std::memcpy(out, &word, 8);
    out += count >> 3 & 7;
    bits = bits << (count & 56) & std::uint64_t{0xff} << 56;
    count &= 7;
  }

  /// Pads with ones to a whole byte (T.81, F.1.2.3).
  void pad() {
    const std::uint64_t ones = -count & 7;
    if (ones > 0) put(~std::uint64_t{0} << (64 - ones) | ones);
    flush();
  }
};

/// Two entries as one with their total length.
[[gnu::always_inline]] inline std::uint64_t joined(std::uint64_t first, std::uint64_t second) {
  return (first | second >> (first & 63));
}

/// Writes the symbols [from, to), which are indices into `entries`, four at a time; three symbols
/// for `nothing` must follow the last one.  There is no loop per block, because the processor would
/// mispredict its end.
inline void put_symbols(BitWriter& out, const std::uint16_t* from, const std::uint16_t* to,
                        const std::uint64_t* entries) {
  BitWriter writer = out;
  for (; from < to; from += 4) {
    const std::uint64_t a = entries[from[0]], b = entries[from[1]], c = entries[from[2]],
                        d = entries[from[3]];
    const std::uint64_t ab = joined(a, b), cd = joined(c, d);
    const std::uint64_t ab_length = a + b, cd_length = c + d, length = ab_length + cd_length;
    if ((length & 127) <= BitWriter::room) [[likely]] {
      writer.bits |= (ab | cd >> (ab_length & 63)) >> (writer.count & 63);
    } else {
      writer.bits |= ab >> (writer.count & 63);
      writer.count += ab_length;
      writer.flush();
      writer.bits |= cd >> (writer.count & 63);
      writer.count -= ab_length;
    }
    writer.count += length;
    writer.flush();
  }
  out = writer;
}

/// The coefficients of one block among its neighbours; vertical frequencies are `stride`
/// lanes apart.
template <int stride>
struct Coefficients {
  const std::int16_t* first;

  [[gnu::always_inline]] std::int32_t dc() const { return first[0]; }
  /// The k-th coefficient in zig-zag order.
  [[gnu::always_inline]] std::int32_t operator[](std::uint32_t k) const {
    return first[zigzag[k] / 8 * stride + zigzag[k] % 8];
  }
};

/// Lists an AC coefficient that has no symbol of its own: one after more than 15 zeros, or with a
/// value that does not fit in a byte.  `table`: the offset of its component's symbols.
[[gnu::noinline]] std::uint16_t* list_rare(std::uint32_t run, std::int32_t value,
                                           std::uint32_t table, std::uint16_t* to) {
  const auto add = [&](std::uint32_t symbol) {
    *to++ = static_cast<std::uint16_t>(table + symbol);
  };
  for (; run > 15; run -= 16) add(EntropyTable::sixteen_zeros);
  const std::int32_t sign = value >> 31;
  const auto size =
      static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint32_t>((value ^ sign) - sign)));
  const std::uint32_t bits = static_cast<std::uint32_t>(value + sign) & ((1U << size) - 1);
  add(EntropyTable::run_and_size + 16 * run + size);
  add(EntropyTable::value_bits + (1U << size) + bits);
  return to;
}

/// Lists the AC coefficients of a block by walking over the set bits of `nonzero`, and the block's
/// end.  Returns where the list ends.
template <int stride>
[[gnu::always_inline]] inline std::uint16_t* list_block(const Block& block,
                                                        Coefficients<stride> coefficients,
                                                        std::uint32_t table, std::uint16_t* to) {
  std::uint32_t previous = 0;
  for (std::uint64_t left = block.nonzero & ~std::uint64_t{1}; left != 0; left &= left - 1) {
    const auto k = static_cast<std::uint32_t>(std::countr_zero(left));
    const std::uint32_t step = k - previous;
    previous = k;
    const auto value = static_cast<std::uint8_t>(block.bytes[k]);
    const bool fits = value != 127 && value != 128;
    if (fits && step <= EntropyTable::longest_step) [[likely]] {
      *to++ = static_cast<std::uint16_t>(table + 256 * step + value);
    } else {
      to = list_rare(step - 1, fits ? block.bytes[k] : coefficients[k], table, to);
    }
  }
  *to = static_cast<std::uint16_t>(table + EntropyTable::end_of_block);
  return to + (previous != 63 ? 1 : 0);
}

/// Appends the bytes [from, to), with a zero after each 0xff (T.81, B.1.1.5).  May read and write
/// up to one Lanes::scan_bytes beyond the end.
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
