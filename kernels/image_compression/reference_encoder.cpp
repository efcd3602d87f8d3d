#include "kernels/image_compression/reference_encoder.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "kernels/image_compression/arithmetic.hpp"
#include "kernels/image_compression/standard_tables.hpp"

namespace scalelaw::jpeg {
namespace {

using Samples = std::array<std::int32_t, 64>;  ///< a block, row by row

std::int32_t multiply(std::int32_t a, std::int32_t b) {
  return (a * b + 0x4000) >> 15;
}

/// `part` / 65536 of `value`, both below 65536, rounded down.
std::int32_t part_of(std::int32_t value, std::int32_t part) {
  return static_cast<std::int32_t>(std::int64_t{value} * part >> 16);
}

struct Rgb {
  std::int32_t red, green, blue;  ///< 255 is 65280
};

/// Y, Cb or Cr of a pixel, less 128, as a whole number.
std::int32_t converted(const Rgb& p, int component) {
  if (component == 0) {
    return (part_of(p.red, luma_red) + part_of(p.green, luma_green) + part_of(p.blue, luma_blue) -
            0x8000 + luma_rounding) >>
           8;
  }
  if (component == 1) {
    return (p.blue / 2 - part_of(p.red, cb_red) - part_of(p.green, cb_green) + chroma_rounding) >>
           8;
  }
  return (p.red / 2 - part_of(p.green, cr_green) - part_of(p.blue, cr_blue) + chroma_rounding) >> 8;
}

/// The image's row of MCUs as its components' samples, edges repeated.
class Source {
 public:
  explicit Source(const RowJob& job) : job_(job) {}

  /// The block at sample (x, y) of a component in which a sample stands for across x down pixels.
  [[nodiscard]] Samples block(int component, std::int64_t x, std::int64_t y, std::int64_t across,
                              std::int64_t down) const {
    Samples out{};
    for (std::int64_t i = 0; i < 64; ++i) {
      out[static_cast<std::size_t>(i)] =
          sample(component, x + i % 8, y + i / 8, across, down) * (1 << sample_bits);
    }
    return out;
  }

 private:
  [[nodiscard]] std::int32_t sample(int component, std::int64_t x, std::int64_t y,
                                    std::int64_t across, std::int64_t down) const {
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
    return converted({pixel[0] * 256, pixel[1] * 256, pixel[2] * 256}, component);
  }

  const RowJob& job_;
};

/// Loeffler's flow graph on eight values `step` apart.
void transform(std::int32_t* x, int step) {
  std::array<std::int32_t, 4> s{}, d{};
  for (int i = 0; i < 4; ++i) {
    const auto at = static_cast<std::size_t>(i);
    s[at] = x[i * step] + x[(7 - i) * step];
    d[at] = x[i * step] - x[(7 - i) * step];
  }
  const std::int32_t t2 = s[1] - s[2], t3 = s[0] - s[3];
  const std::int32_t a = multiply(d[0], cos_3) - multiply(d[3], sin_3);
  const std::int32_t b = multiply(d[0], sin_3) + multiply(d[3], cos_3);
  const std::int32_t c = multiply(d[1], sin_1) + multiply(d[2], cos_1);
  const std::int32_t e = multiply(d[1], cos_1) - multiply(d[2], sin_1);
  x[0] = s[0] + s[3] + s[1] + s[2];
  x[1 * step] = a + c + b + e;
  x[2 * step] = t3 + multiply(t3, even_high) + multiply(t2, even_low);
  x[3 * step] = a - c + multiply(a - c, root_excess);
  x[4 * step] = s[0] + s[3] - s[1] - s[2];
  x[5 * step] = b - e + multiply(b - e, root_excess);
  x[6 * step] = multiply(t3, even_low) - t2 - multiply(t2, even_high);
  x[7 * step] = a + c - b - e;
}

/// Divided by coefficient_scale * step, halves away from zero.
std::int32_t quantised(std::int32_t value, std::int32_t step) {
  const auto divisor = static_cast<std::int32_t>(coefficient_scale) * step;
  std::int32_t power = 0;
  while ((std::int32_t{1} << (power + 2)) < divisor) ++power;
  const std::int32_t factor = (std::int32_t{1} << (16 + power)) / divisor + 1;
  return multiply(value * factor >> 16, 1 << (15 - power));
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

/// The scan of one component's blocks.
class ComponentCoder {
 public:
  ComponentCoder(int kind, std::int64_t quality)
      : steps_(quantiser_steps(kind, quality)),
        dc_(huffman_codes(huffman_dc(kind))),
        ac_(huffman_codes(huffman_ac(kind))) {}

  void put(Samples samples, BitString& out) {
    for (int i = 0; i < 8; ++i) transform(samples.data() + i, 8);
    for (std::int32_t& value : samples) value = multiply(value, pass_scale);
    for (int i = 0; i < 8; ++i) transform(samples.data() + 8 * i, 1);
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
