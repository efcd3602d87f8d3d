#include "kernels/image_compression/reference_encoder.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {
namespace {

using Samples = std::array<std::int32_t, 64>;  ///< a block, row by row

/// Y, Cb or Cr of a pixel as a whole number, less 128.
std::int32_t converted(const std::uint8_t* rgb, int component) {
  const std::int32_t red = rgb[0], green = rgb[1], blue = rgb[2];
  constexpr std::int32_t below_half = 0x7fff;
  if (component == 0) {
    return ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16) - 128;
  }
  if (component == 1) return (32768 * blue - 11059 * red - 21709 * green + below_half) >> 16;
  return (32768 * red - 27439 * green - 5329 * blue + below_half) >> 16;
}

/// An MCU row of the image as samples of its components; edges are repeated.
class Source {
 public:
  explicit Source(const RowJob& job) : job_(job) {}

  /// The block at sample (x, y) of a component whose samples cover `across` x `down` pixels each.
  [[nodiscard]] Samples block(int component, std::int64_t x, std::int64_t y, std::int64_t across,
                              std::int64_t down) const {
    Samples out{};
    for (std::int64_t i = 0; i < 64; ++i) {
      out[static_cast<std::size_t>(i)] = sample(component, x + i % 8, y + i / 8, across, down);
    }
    return out;
  }

 private:
  [[nodiscard]] std::int32_t sample(int component, std::int64_t x, std::int64_t y,
                                    std::int64_t across, std::int64_t down) const {
    y = std::min(y, (job_.rows - 1) / down);
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < across * down; ++i) {
      sum += value(component, x * across + i % across, y * down + i / across);
    }
    const bool odd = x % 2 != 0;
    if (across * down == 4) return (sum + (odd ? 2 : 1)) >> 2;
    if (across * down == 2) return (sum + (odd ? 1 : 0)) >> 1;
    return sum;
  }
  [[nodiscard]] std::int32_t value(int component, std::int64_t x, std::int64_t y) const {
    x = std::min(x, job_.width - 1);
    y = std::min(y, job_.rows - 1);
    const std::uint8_t* const pixel = job_.pixels + y * job_.stride() + x * job_.channels;
    if (job_.channels == 1) return pixel[0] - 128;
    return converted(pixel, component);
  }

  const RowJob& job_;
};

/// A sum of products of 13-bit constants and values that are 2^extra_bits times too large, scaled
/// back and rounded.
std::int32_t descaled(std::int32_t sum, int extra_bits) {
  const int bits = 13 + extra_bits;
  return (sum + (1 << (bits - 1))) >> bits;
}

/// Loeffler's flow graph on eight values `step` apart, as in libjpeg, with shared rotations.
/// Outputs are 2 sqrt(2) times orthonormal, divided by 2^extra_bits.
void transform(std::int32_t* x, int step, int extra_bits) {
  std::array<std::int32_t, 4> s{}, d{};
  for (int i = 0; i < 4; ++i) {
    const auto at = static_cast<std::size_t>(i);
    s[at] = x[i * step] + x[(7 - i) * step];
    d[at] = x[i * step] - x[(7 - i) * step];
  }
  const auto whole = [&](std::int32_t value) { return descaled(value * 8192, extra_bits); };
  x[0] = whole(s[0] + s[3] + s[1] + s[2]);
  x[4 * step] = whole(s[0] + s[3] - s[1] - s[2]);
  const std::int32_t t2 = s[1] - s[2], t3 = s[0] - s[3], both = (t2 + t3) * c0_541;
  x[2 * step] = descaled(both + t3 * c0_765, extra_bits);
  x[6 * step] = descaled(both - t2 * c1_847, extra_bits);

  const std::int32_t all = (d[0] + d[1] + d[2] + d[3]) * c1_175;
  const std::int32_t outer = (d[3] + d[0]) * c0_899, inner = (d[2] + d[1]) * c2_562;
  const std::int32_t even = all - (d[3] + d[1]) * c1_961, odd = all - (d[2] + d[0]) * c0_390;
  x[1 * step] = descaled(d[0] * c1_501 - outer + odd, extra_bits);
  x[3 * step] = descaled(d[1] * c3_072 - inner + even, extra_bits);
  x[5 * step] = descaled(d[2] * c2_053 - inner + odd, extra_bits);
  x[7 * step] = descaled(d[3] * c0_298 - outer + even, extra_bits);
}

/// `value` divided by coefficient_scale * step, halves away from zero.
std::int32_t quantised(std::int32_t value, std::int32_t step) {
  const auto divisor = static_cast<std::int32_t>(coefficient_scale) * step;
  const std::int32_t size = ((value < 0 ? -value : value) + divisor / 2) / divisor;
  return value < 0 ? -size : size;
}

class BitString {
 public:
  void put(std::uint32_t value, std::uint32_t length) {
    while (length-- > 0) put_bit((value >> length & 1) != 0);
  }
  std::vector<std::byte> take() {
    while (filled_ != 0) put_bit(true);
    return std::move(bytes_);
  }

 private:
  void put_bit(bool bit) {
    current_ = current_ << 1 | (bit ? 1U : 0U);
    if (++filled_ < 8) return;
    bytes_.push_back(static_cast<std::byte>(current_));
    if (current_ == 0xff) bytes_.push_back(std::byte{0});
    current_ = 0;
    filled_ = 0;
  }
  std::vector<std::byte> bytes_;
  std::uint32_t current_ = 0;
  int filled_ = 0;
};

/// Writes the scan of one component's blocks.
class ComponentCoder {
 public:
  ComponentCoder(int kind, std::int64_t quality)
      : steps_(quantiser_steps(kind, quality)),
        dc_(huffman_codes(huffman_dc(kind))),
        ac_(huffman_codes(huffman_ac(kind))) {}

  void put(Samples samples, BitString& out) {
    constexpr int pass_bits = 2;
    for (int i = 0; i < 8; ++i) transform(samples.data() + 8 * i, 1, -pass_bits);
    for (int i = 0; i < 8; ++i) transform(samples.data() + i, 8, pass_bits);
    const std::int32_t dc = coefficient(samples, 0);
    put_value(dc_, 0, dc - last_dc_, out);
    last_dc_ = dc;
    std::uint32_t run = 0;
    for (std::size_t k = 1; k < 64; ++k) {
      const std::int32_t value = coefficient(samples, k);
      if (value == 0) {
        ++run;
        continue;
      }
      for (; run > 15; run -= 16) out.put(ac_.code[0xf0], ac_.length[0xf0]);
      put_value(ac_, run, value, out);
      run = 0;
    }
    if (run > 0) out.put(ac_.code[0], ac_.length[0]);
  }

  void put_outside(BitString& out) {
    out.put(dc_.code[0], dc_.length[0]);
    out.put(ac_.code[0], ac_.length[0]);
  }

 private:
  [[nodiscard]] std::int32_t coefficient(const Samples& values, std::size_t k) const {
    return quantised(values[zigzag[k]], steps_[k]);
  }

  static void put_value(const HuffmanCodes& codes, std::uint32_t run, std::int32_t value,
                        BitString& out) {
    const auto size = static_cast<std::uint32_t>(
        std::bit_width(static_cast<std::uint32_t>(value < 0 ? -value : value)));
    out.put(codes.code[16 * run + size], codes.length[16 * run + size]);
    out.put(static_cast<std::uint32_t>(value < 0 ? value - 1 : value), size);
  }

  std::array<std::uint8_t, 64> steps_;
  HuffmanCodes dc_, ac_;
  std::int32_t last_dc_ = 0;
};

}  // namespace

std::vector<std::byte> reference_row(const RowJob& job, std::int64_t quality) {
  const McuLayout mcu = mcu_layout({job.width, job.rows, job.channels}, job.subsampling);
  const std::int64_t across = mcu.width / 8, down = mcu.height / 8;
  const Source source(job);
  BitString out;
  ComponentCoder luma(0, quality), cb(1, quality), cr(1, quality);
  for (std::int64_t x = 0; x < job.width; x += mcu.width) {
    for (std::int64_t block = 0; block < across * down; ++block) {
      const std::int64_t left = x + block % across * 8, top = block / across * 8;
      if (left < job.width && top < job.rows) {
        luma.put(source.block(0, left, top, 1, 1), out);
      } else {
        luma.put_outside(out);
      }
    }
    if (mcu.components == 1) continue;
    cb.put(source.block(1, x / across, 0, across, down), out);
    cr.put(source.block(2, x / across, 0, across, down), out);
  }
  return out.take();
}

}  // namespace scalelaw::jpeg
