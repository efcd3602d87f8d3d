#include "kernels/image_compression/photo_like.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace scalelaw {
namespace {

std::uint32_t mixed(std::uint32_t h) {
  h = (h ^ (h >> 16)) * 0x7feb352dU;
  h = (h ^ (h >> 15)) * 0x846ca68bU;
  return h ^ (h >> 16);
}

/// A uniformly distributed number in [-1, 1) for the lattice point (i, j).
float lattice_value(std::uint32_t salt, std::uint32_t i, std::uint32_t j) {
  const std::uint32_t h = mixed(i * 0x9e3779b1U ^ mixed(j * 0x85ebca77U + salt));
  return static_cast<float>(static_cast<std::int32_t>(h)) * 0x1p-31F;
}

float smooth(float t) {
  return t * t * (3.0F - 2.0F * t);
}

/// Adds to each pixel the value interpolated between its two lattice points, in cells of
/// `Cell` pixels.
template <int Cell>
void add_interpolated(const std::vector<float>& points, std::vector<float>& row) {
  std::array<float, Cell> weight{};
  for (int k = 0; k < Cell; ++k) {
    weight[static_cast<std::size_t>(k)] = smooth(static_cast<float>(k) / static_cast<float>(Cell));
  }
  float* out = row.data();
  for (std::size_t i = 0; i + 1 < points.size(); ++i, out += Cell) {
    const float from = points[i], step = points[i + 1] - points[i];
    for (int k = 0; k < Cell; ++k) out[k] += from + step * weight[static_cast<std::size_t>(k)];
  }
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
    for (std::size_t i = 0; i < points_.size(); ++i) {
      points_[i] = upper_[i] + (lower_[i] - upper_[i]) * weight;
    }
    add(row);
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
    for (std::size_t i = 0; i < line.size(); ++i) {
      line[i] = amplitude_ *
                lattice_value(salt_, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
    }
  }
  void add(std::vector<float>& row) const {
    static constexpr std::array adders = {
        add_interpolated<1>,   add_interpolated<2>,  add_interpolated<4>,  add_interpolated<8>,
        add_interpolated<16>,  add_interpolated<32>, add_interpolated<64>, add_interpolated<128>,
        add_interpolated<256>, add_interpolated<512>};
    adders[static_cast<std::size_t>(log2_cell_)](points_, row);
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

std::uint8_t to_byte(float value) {
  const float half_above = std::min(255.0F, std::max(0.0F, value)) + 0.5F;
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(half_above));
}

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
    const float* const light = light_.row(y);
    const float* const large = large_.row(y);
    const float* const small = small_.row(y);
    const float* const roughness = roughness_.row(y);
    const float* const detail = detail_.row(y);
    const float* const noise = noise_.row(y);
    const float* const blueness = channels == 1 ? nullptr : blueness_.row(y);
    const float* const redness = channels == 1 ? nullptr : redness_.row(y);
    for (std::int64_t x = 0; x < width_; ++x) {
      const float object = bounded(large[x] * 40.0F);
      const float part = bounded(small[x] * 25.0F);
      const float texture = std::min(1.2F, std::max(0.05F, 0.45F + roughness[x]));
      const float y_value = 122.0F + 28.0F * light[x] + 30.0F * object + 16.0F * part +
                            texture * detail[x] + noise[x];
      if (channels == 1) {
        out[x] = to_byte(y_value);
        continue;
      }
      const float cb = 18.0F * blueness[x] - 8.0F * object;
      const float cr = 14.0F * redness[x] + 6.0F * object - 4.0F * part;
      out[3 * x] = to_byte(y_value + 1.402F * cr);
      out[3 * x + 1] = to_byte(y_value - 0.344136F * cb - 0.714136F * cr);
      out[3 * x + 2] = to_byte(y_value + 1.772F * cb);
    }
  }

 private:
  static float bounded(float v) { return std::min(1.0F, std::max(-1.0F, v)); }

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
