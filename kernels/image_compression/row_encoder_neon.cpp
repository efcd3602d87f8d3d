#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "kernels/image_compression/row_encoder_body.hpp"
#include "kernels/image_compression/zigzag_shuffle.hpp"

namespace scalelaw::jpeg {
namespace {

/// Eight lanes: a row of one block.
struct NeonLanes : ListsByWalking, RowsByTransposing {
  using V = int16x8_t;
  static constexpr int lanes = 8;
  static constexpr int blocks = 1;
  static constexpr std::int64_t scan_bytes = 16;

  static V load(const std::int16_t* from) { return vld1q_s16(from); }
  static V load_repeated(const std::int16_t* from) { return vld1q_s16(from); }
  static void store(std::int16_t* to, V v) { vst1q_s16(to, v); }
  static V all(std::int16_t value) { return vdupq_n_s16(value); }
  static V alternating(std::int16_t even, std::int16_t odd) {
    return vzip1q_s16(vdupq_n_s16(even), vdupq_n_s16(odd));
  }

  static V add(V a, V b) { return vaddq_s16(a, b); }
  static V sub(V a, V b) { return vsubq_s16(a, b); }
  template <int Bits>
  static V shift_left(V v) {
    return vshlq_n_s16(v, Bits);
  }
  template <int Bits>
  static V shift_right_signed(V v) {
    return vshrq_n_s16(v, Bits);
  }
  static V mul(V a, V b) { return vmulq_s16(a, b); }
  static V mulh(V a, V b) {
    return vshrn_high_n_s32(vshrn_n_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), 16),
                            vmull_high_s16(a, b), 16);
  }
  static V mulhrs(V a, V b) { return vqrdmulhq_s16(a, b); }
  static V quarter(V v) { return vrshrq_n_s16(v, 2); }

  struct Pairs {
    V first, second;
  };
  using PixelPairs = Pairs;
  static Pairs pairs(V a, V b) { return {a, b}; }

  template <class, int Offset>
  static V weighted(const Pairs& p, Weights u) {
    Sums sums = all_sums(Offset);
    add_products(sums, p, u);
    return high_halves(sums);
  }
  template <class, int Offset>
  static V weighted(const Pairs& p, Weights u, const Pairs& q, Weights w) {
    Sums sums = all_sums(Offset);
    add_products(sums, p, u);
    add_products(sums, q, w);
    return high_halves(sums);
  }

  static void load_rgb(const std::uint8_t* from, Pairs& red_green, Pairs& blue_green) {
    const uint8x8x3_t pixels = vld3_u8(from);
    const auto channel = [&](int c) { return as_signed(vmovl_u8(pixels.val[c])); };
    red_green = {channel(0), channel(1)};
    blue_green = {channel(2), channel(1)};
  }
  static V load_bytes(const std::uint8_t* from) { return as_signed(vmovl_u8(vld1_u8(from))); }
  static V pair_sums(V a, V b) { return vpaddq_s16(a, b); }

  static void transpose(V (&x)[8]) {
    int32x4_t a[8];
    for (int i = 0; i < 4; ++i) {
      a[2 * i] = vreinterpretq_s32_s16(vtrn1q_s16(x[2 * i], x[2 * i + 1]));
      a[2 * i + 1] = vreinterpretq_s32_s16(vtrn2q_s16(x[2 * i], x[2 * i + 1]));
    }
    int64x2_t b[8];
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) {
        b[4 * i + j] = vreinterpretq_s64_s32(vtrn1q_s32(a[4 * i + j], a[4 * i + 2 + j]));
        b[4 * i + 2 + j] = vreinterpretq_s64_s32(vtrn2q_s32(a[4 * i + j], a[4 * i + 2 + j]));
      }
    }
    for (int i = 0; i < 4; ++i) {
      x[i] = vreinterpretq_s16_s64(vtrn1q_s64(b[i], b[4 + i]));
      x[4 + i] = vreinterpretq_s16_s64(vtrn2q_s64(b[i], b[4 + i]));
    }
  }

  static bool store_blocks(const V (&x)[8], Block* out) {
    int8x16x4_t packed;
    for (int i = 0; i < 4; ++i) {
      packed.val[i] = vqmovn_high_s16(vqmovn_s16(x[2 * i]), x[2 * i + 1]);
    }
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) {
      std::uint8_t place[16];
      for (int k = 0; k < 16; ++k) place[k] = zigzag[16 * i + k];
      const int8x16_t part = vqtbl4q_s8(packed, vld1q_u8(place));
      vst1q_s8(out->bytes.data() + 16 * i, part);
      mask |= std::uint64_t{bits_of(vtstq_s8(part, part))} << (16 * i);
    }
    out->nonzero = mask;
    return false;
  }

  static std::int64_t copy_until_ff(const std::uint8_t* from, std::uint8_t* to) {
    const uint8x16_t bytes = vld1q_u8(from);
    vst1q_u8(to, bytes);
    const uint8x16_t found = vceqq_u8(bytes, vdupq_n_u8(0xff));
    if (vmaxvq_u8(found) == 0) return scan_bytes;
    return std::countr_zero(static_cast<std::uint32_t>(bits_of(found)));
  }

 private:
  struct Sums {
    int32x4_t low, high;
  };
  static Sums all_sums(std::int32_t value) { return {vdupq_n_s32(value), vdupq_n_s32(value)}; }
  static void add_products(Sums& sums, const Pairs& p, Weights w) {
    add_product(sums, p.first, w.first);
    add_product(sums, p.second, w.second);
  }
  static void add_product(Sums& sums, V v, std::int16_t weight) {
    if (weight == 0) return;
    sums.low = vmlal_n_s16(sums.low, vget_low_s16(v), weight);
    sums.high = vmlal_high_n_s16(sums.high, v, weight);
  }
  static V high_halves(const Sums& sums) {
    return vshrn_high_n_s32(vshrn_n_s32(sums.low, 16), sums.high, 16);
  }

  static V as_signed(uint16x8_t v) { return vreinterpretq_s16_u16(v); }

  /// One bit per byte; each byte must be all ones or all zeros.
  static std::uint16_t bits_of(uint8x16_t bytes) {
    constexpr std::uint8_t weight[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vandq_u8(bytes, vld1q_u8(weight));
    return static_cast<std::uint16_t>(vaddv_u8(vget_low_u8(bits)) | vaddv_u8(vget_high_u8(bits))
                                                                        << 8);
  }
};

}  // namespace

void encode_row_neon(const RowJob& job, RowScratch& scratch, EncodedBytes& out) {
  encode_row_with<NeonLanes>(job, scratch, out);
}

}  // namespace scalelaw::jpeg
