#include <cstdint>
#include <cstring>

#include "kernels/image_compression/row_encoder_body.hpp"
#include "kernels/image_compression/zigzag_shuffle.hpp"

namespace scalelaw::jpeg {
namespace {

/// Eight 16-bit lanes in plain C++: the vector types of GCC and Clang, compiled for the
/// build's baseline.
struct PlainLanes : ListsByWalking, RowsByTransposing {
  using V = std::int16_t __attribute__((vector_size(16)));
  using U = std::uint16_t __attribute__((vector_size(16)));
  static constexpr int lanes = 8;
  static constexpr int blocks = 1;
  static constexpr std::int64_t scan_bytes = 8;

  static V load(const std::int16_t* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  static V load_repeated(const std::int16_t* from) { return load(from); }
  static void store(std::int16_t* to, V v) { std::memcpy(to, &v, sizeof v); }
  static V all(std::int16_t value) { return V{} + value; }

  static V alternating(std::int16_t even, std::int16_t odd) {
    return V{even, odd, even, odd, even, odd, even, odd};
  }

  static V add(V a, V b) { return as_signed(as_unsigned(a) + as_unsigned(b)); }
  static V sub(V a, V b) { return as_signed(as_unsigned(a) - as_unsigned(b)); }
  static V max(V a, V b) {
    const V greater = a > b;
    return (a & greater) | (b & ~greater);
  }
  template <int Bits>
  static V shift_left(V v) {
    return as_signed(as_unsigned(v) << Bits);
  }
  template <int Bits>
  static V shift_right_signed(V v) {
    return v >> Bits;
  }

  // GCC makes one instruction of each loop over arrays, but eight scalar products of a loop over a
  // vector's elements.
  static V mul(V a, V b) { return as_signed(as_unsigned(a) * as_unsigned(b)); }
  static V mulh(V a, V b) {
    std::int16_t x[lanes], y[lanes], high[lanes];
    std::memcpy(x, &a, sizeof x);
    std::memcpy(y, &b, sizeof y);
    for (int i = 0; i < lanes; ++i) high[i] = static_cast<std::int16_t>(x[i] * y[i] >> 16);
    return load(high);
  }

  struct Pairs {
    V first, second;
  };
  using PixelPairs = Pairs;
  static Pairs pairs(V a, V b) { return {a, b}; }

  template <class, int Offset>
  static V weighted(const Pairs& p, Weights u) {
    return weighted<PlainLanes, Offset>(p, u, p, {0, 0});
  }
  template <class, int Offset>
  static V weighted(const Pairs& p, Weights u, const Pairs& q, Weights w) {
    std::int16_t a[lanes], b[lanes], c[lanes], d[lanes], high[lanes];
    store(a, p.first);
    store(b, p.second);
    store(c, q.first);
    store(d, q.second);
    for (int i = 0; i < lanes; ++i) {
      high[i] = static_cast<std::int16_t>(
          (a[i] * u.first + b[i] * u.second + c[i] * w.first + d[i] * w.second + Offset) >> 16);
    }
    return load(high);
  }

  /// From the high and low halves of the product, so that lanes never widen.
  static V mulhrs(V a, V b) {
    const U upper = as_unsigned(mulh(a, b));
    const U low = as_unsigned(a) * as_unsigned(b);
    return as_signed((upper << 1) + (low >> 15) + ((low >> 14) & 1));
  }

  /// v / 4, halves upwards.
  static V quarter(V v) { return shift_right_signed<2>(add(v, all(2))); }

  static void load_rgb(const std::uint8_t* from, Pairs& red_green, Pairs& blue_green) {
    // Three times the perfect shuffle of 24 bytes, which moves place p to 2 p modulo 23: channel c
    // of pixel i, at 3 i + c, ends at 8 (3 i + c) = i + 8 c modulo 23.
    V2 a = eight_bytes(from), b = eight_bytes(from + 8), c = eight_bytes(from + 16);
    for (int round = 0; round < 3; ++round) {
      const V2 first = low_bytes_interleaved(a, b >> 32),
               second = low_bytes_interleaved(a >> 32, c);
      c = low_bytes_interleaved(b, c >> 32);
      a = first;
      b = second;
    }
    const V green = low_bytes_widened(b);
    red_green = {low_bytes_widened(a), green};
    blue_green = {low_bytes_widened(c), green};
  }
  static V load_bytes(const std::uint8_t* from) {
    V out{};
    for (int i = 0; i < lanes; ++i) out[i] = from[i];
    return out;
  }

  static V pair_sums(V a, V b) {
    const V even{a[0], a[2], a[4], a[6], b[0], b[2], b[4], b[6]};
    const V odd{a[1], a[3], a[5], a[7], b[1], b[3], b[5], b[7]};
    return add(even, odd);
  }

  static void transpose(V (&x)[8]) {
    V a[8];
    V4 b[8], c[8];
    for (int i = 0; i < 4; ++i) {
      a[2 * i] = interleaved<0>(x[2 * i], x[2 * i + 1]);
      a[2 * i + 1] = interleaved<4>(x[2 * i], x[2 * i + 1]);
    }
    for (int i = 0; i < 8; ++i) b[i] = reinterpret_cast<V4>(a[i]);
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) {
        const V4 upper = b[4 * i + j], lower = b[4 * i + 2 + j];
        c[4 * i + 2 * j] = V4{upper[0], lower[0], upper[1], lower[1]};
        c[4 * i + 2 * j + 1] = V4{upper[2], lower[2], upper[3], lower[3]};
      }
    }
    for (int i = 0; i < 4; ++i) {
      const V2 left = reinterpret_cast<V2>(c[i]), right = reinterpret_cast<V2>(c[4 + i]);
      x[2 * i] = reinterpret_cast<V>(V2{left[0], right[0]});
      x[2 * i + 1] = reinterpret_cast<V>(V2{left[1], right[1]});
    }
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    std::int16_t limited[64];
    for (int i = 0; i < 8; ++i) {
      store(limited + 8 * i, negated(max(negated(max(x[i], all(-128))), all(-127))));
    }
    for (std::uint32_t k = 0; k < 64; ++k) {
      out->bytes[k] = static_cast<std::int8_t>(limited[zigzag[k]]);
    }
    std::uint64_t mask = 0;
    for (int i = 0; i < 8; ++i) mask |= nonzero_bytes(out->bytes.data() + 8 * i) << (8 * i);
    out->nonzero = mask;
    return false;
  }

  /// Copies scan_bytes bytes; returns how many precede the first 0xff.
  static std::int64_t copy_until_ff(const std::uint8_t* from, std::uint8_t* to) {
    std::uint64_t word;
    std::memcpy(&word, from, 8);
    std::memcpy(to, &word, 8);
    constexpr std::uint64_t low = 0x0101010101010101;
    const std::uint64_t inverted = ~word;  // the classic test for a zero byte
    if (((inverted - low) & ~inverted & (low << 7)) == 0) return 8;
    std::int64_t clean = 0;
    while (from[clean] != 0xff) ++clean;
    return clean;
  }

 private:
  using V4 = std::int32_t __attribute__((vector_size(16)));
  using V2 = std::uint64_t __attribute__((vector_size(16)));

  using Bytes = std::uint8_t __attribute__((vector_size(16)));

  static V2 eight_bytes(const std::uint8_t* from) {
    V2 out{};
    std::memcpy(&out, from, 8);
    return out;
  }
  static V2 low_bytes_interleaved(V2 a, V2 b) {
    return reinterpret_cast<V2>(__builtin_shufflevector(reinterpret_cast<Bytes>(a),
                                                        reinterpret_cast<Bytes>(b), 0, 16, 1, 17, 2,
                                                        18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  }

  static V low_bytes_widened(V2 v) { return reinterpret_cast<V>(low_bytes_interleaved(v, V2{})); }

  static V negated(V v) { return sub(V{}, v); }

  template <int From>
  static V interleaved(V a, V b) {
    return V{a[From],     b[From],     a[From + 1], b[From + 1],
             a[From + 2], b[From + 2], a[From + 3], b[From + 3]};
  }

  /// One bit for each of eight bytes that is not zero; the first byte has the lowest bit.
  static std::uint64_t nonzero_bytes(const std::int8_t* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, 8);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7f;
    const std::uint64_t high = (((word & low_bits) + low_bits) | word) & ~low_bits;
    return (high >> 7) * 0x0102040810204080 >> 56;
  }

  static U as_unsigned(V v) { return reinterpret_cast<U>(v); }
  static V as_signed(U v) { return reinterpret_cast<V>(v); }
};

}  // namespace

void encode_row_plain(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  encode_row_with<PlainLanes>(job, scratch, out);
}

}  // namespace scalelaw::jpeg
