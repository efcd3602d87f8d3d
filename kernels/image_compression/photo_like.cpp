#include "kernels/image_compression/photo_like.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <vector>

#include "common/isa.hpp"
#include "kernels/image_compression/photo_like_loops.hpp"

namespace scalelaw {
namespace {

PhotoLoops widest_loops() {
#if defined(SCALELAW_HAS_AVX512)
  if (supported(Isa::avx512)) return photo_loops_avx512();
#endif
#if defined(SCALELAW_HAS_AVX2)
  if (supported(Isa::avx2)) return photo_loops_avx2();
#endif
  return photo_loops_plain();
}

const PhotoLoops& loops() {
  static const PhotoLoops widest = widest_loops();
  return widest;
}

/// One octave of value noise: random values on a lattice of 2^log2_cell pixels, smoothly joined.
class Octave {
 public:
  Octave(std::uint32_t salt, int log2_cell, float amplitude, std::int64_t width)
      : salt_(salt),
        log2_cell_(log2_cell),
        amplitude_(amplitude),
        points_(static_cast<std::size_t>(((width - 1) >> log2_cell) + 2)) {}

  void add_row(std::int64_t y, std::vector<float>& row) {
    const std::int64_t cell = std::int64_t{1} << log2_cell_;
    const std::int64_t j = y >> log2_cell_;
    if (j != line_) read_lines(j);
    const float weight = smooth(static_cast<float>(y & (cell - 1)) / static_cast<float>(cell));
    loops().blend(upper_.data(), lower_.data(), weight, points_.size(), points_.data());
    loops().add_interpolated(log2_cell_, points_.data(), points_.size(), row.data());
  }

 private:
  void read_lines(std::int64_t j) {
    if (j == line_ + 1 && line_ >= 0) {
      upper_.swap(lower_);
    } else {
      read_line(j, upper_);
    }
    read_line(j + 1, lower_);
    line_ = j;
  }
  void read_line(std::int64_t j, std::vector<float>& line) const {
    line.resize(points_.size());
    loops().read_line(salt_, j, amplitude_, line.size(), line.data());
  }

  std::uint32_t salt_;
  int log2_cell_;
  float amplitude_;
  std::vector<float> points_, upper_, lower_;
  std::int64_t line_ = -1;
};

/// A sum of octaves, row by row.
class Field {
 public:
  struct Part {
    int log2_cell;
    float amplitude;
  };

  Field(std::uint32_t salt, std::int64_t width, std::initializer_list<Part> parts)
      : row_(static_cast<std::size_t>(width + 1024)) {
    for (const Part& part : parts) {
      salt = mixed(salt + 0x9e3779b9U);
      octaves_.emplace_back(salt, part.log2_cell, part.amplitude, width);
    }
  }

  const float* row(std::int64_t y) {
    std::fill(row_.begin(), row_.end(), 0.0F);
    for (Octave& octave : octaves_) octave.add_row(y, row_);
    return row_.data();
  }

 private:
  std::vector<Octave> octaves_;
  std::vector<float> row_;
};

/// The fields of one picture, and how they determine a pixel.
class Picture {
 public:
  Picture(std::uint32_t salt, std::int64_t width)
      : width_(width),
        light_(salt + 1, width, {{9, 1.0F}, {8, 0.5F}}),
        large_(salt + 2, width, {{9, 1.0F}, {8, 0.6F}, {7, 0.4F}, {6, 0.3F}, {5, 0.1F}}),
        small_(salt + 3, width, {{7, 1.0F}, {6, 0.6F}, {5, 0.4F}}),
        roughness_(salt + 4, width, {{8, 1.0F}, {7, 0.5F}}),
        detail_(salt + 5, width, {{5, 18.0F}, {4, 21.0F}, {3, 25.0F}, {2, 27.0F}, {1, 27.0F}}),
        noise_(salt + 6, width, {{0, 3.0F}}),
        blueness_(salt + 7, width, {{9, 1.0F}, {7, 0.5F}, {4, 0.12F}}),
        redness_(salt + 8, width, {{8, 1.0F}, {6, 0.4F}, {4, 0.12F}}) {}

  void write(std::int64_t y, std::int64_t channels, std::uint8_t* out) {
    const bool coloured = channels != 1;
    const PhotoRow row{.light = light_.row(y),
                       .large = large_.row(y),
                       .small = small_.row(y),
                       .roughness = roughness_.row(y),
                       .detail = detail_.row(y),
                       .noise = noise_.row(y),
                       .blueness = coloured ? blueness_.row(y) : nullptr,
                       .redness = coloured ? redness_.row(y) : nullptr};
    loops().write_pixels(row, width_, channels, out);
  }

 private:
  std::int64_t width_;
  Field light_, large_, small_, roughness_, detail_, noise_, blueness_, redness_;
};

}  // namespace

void photo_like_rows(std::int64_t seed, std::int64_t image, const Shape& shape, Range rows,
                     std::uint8_t* out) {
  const auto of_seed = static_cast<std::uint64_t>(seed);
  const auto of_image = static_cast<std::uint64_t>(image);
  const std::uint32_t salt =
      mixed(mixed(static_cast<std::uint32_t>(of_seed) ^
                  mixed(static_cast<std::uint32_t>(of_seed >> 32))) +
            mixed(static_cast<std::uint32_t>(of_image) ^
                  mixed(static_cast<std::uint32_t>(of_image >> 32) + 0x51ed27U)));
  Picture picture(salt, shape.width);
  for (std::int64_t y = rows.begin; y < rows.end; ++y, out += shape.row_bytes()) {
    picture.write(y, shape.channels, out);
  }
}

}  // namespace scalelaw
