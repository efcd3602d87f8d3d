#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace scalelaw {

/// How many pixels share a chroma sample: one (444), two in a row (422), or four in a square (420).
/// Grey images have no chroma and ignore it.
enum class Subsampling { s444, s422, s420 };
constexpr auto enum_names(Subsampling) {
  return std::array<std::string_view, 3>{"444", "422", "420"};
}

/// The colours of the images.
enum class Colour { rgb, grey };
constexpr auto enum_names(Colour) {
  return std::array<std::string_view, 2>{"rgb", "grey"};
}

/// The most pixels per side.  The format allows 65535, but libjpeg, and thus nearly every program,
/// reads no more than this (JPEG_MAX_DIMENSION in jmorecfg.h).
inline constexpr std::int64_t longest_side = 65500;

/// The size of one image: 8 bits per channel, interleaved, rows from the top without gaps.
struct Shape {
  std::int64_t width = 0;     ///< pixels, 1 to longest_side
  std::int64_t height = 0;    ///< pixels, 1 to longest_side
  std::int64_t channels = 3;  ///< 3: red, green, blue; 1: grey

  [[nodiscard]] std::int64_t row_bytes() const { return width * channels; }
  [[nodiscard]] std::int64_t bytes() const { return row_bytes() * height; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// The smallest group of whole blocks that the scan interleaves (T.81, A.2.3), and the layout of an
/// image that follows.  Lengths are in pixels; blocks are 8 x 8 samples.
struct McuLayout {
  std::int64_t width = 8;
  std::int64_t height = 8;
  std::int64_t components = 3;

  [[nodiscard]] std::int64_t columns(const Shape& shape) const {
    return (shape.width + width - 1) / width;
  }
  [[nodiscard]] std::int64_t rows(const Shape& shape) const {
    return (shape.height + height - 1) / height;
  }
};

McuLayout mcu_layout(const Shape& shape, Subsampling subsampling);

}  // namespace scalelaw
