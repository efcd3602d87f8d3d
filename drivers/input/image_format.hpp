#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "common/range.hpp"
#include "drivers/input/c_file.hpp"
#include "drivers/input/image_decoder.hpp"

namespace scalelaw::driver {

/// Some pixel rows of an image in memory, without gaps, 8 bits per channel.
struct PixelRows {
  Range rows;
  std::int64_t channels = 3;
  std::int64_t row_bytes = 0;
  std::uint8_t* first = nullptr;

  /// Where to store row `y`; null for a row outside the range.
  [[nodiscard]] std::uint8_t* at(std::int64_t y) const {
    return y < rows.begin || y >= rows.end ? nullptr : first + (y - rows.begin) * row_bytes;
  }
};

/// The decoder of one open file.
/// Threads: one at a time.
class ImageDecoder {
 public:
  ImageDecoder() = default;
  ImageDecoder(const ImageDecoder&) = delete;
  ImageDecoder& operator=(const ImageDecoder&) = delete;
  virtual ~ImageDecoder() = default;

  [[nodiscard]] virtual ImageHeader header() const = 0;

  /// Decodes rows from the top to the last row of `out`.  Call it once.
  /// Errors: throws Error naming the file when rows are damaged or missing.
  virtual void decode(const PixelRows& out) = 0;
};

/// Each reads the file's header.  `path` must outlive the decoder.
/// Errors: as image_header().
std::unique_ptr<ImageDecoder> png_decoder(const std::string& path, CFile file);
std::unique_ptr<ImageDecoder> jpeg_decoder(const std::string& path, CFile file);
std::unique_ptr<ImageDecoder> pnm_decoder(const std::string& path, CFile file);

/// A sample of 0 to `largest`, rounded to one of 0 to 255.
constexpr std::uint8_t to_8_bits(std::int64_t sample, std::int64_t largest) {
  return static_cast<std::uint8_t>((std::min(sample, largest) * 255 + largest / 2) / largest);
}

/// Converts `pixels` pixels from `from` to `to` channels, each 1 or 3.  Grey is the luminance.
void convert_channels(const std::uint8_t* in, std::int64_t from, std::int64_t pixels,
                      std::int64_t to, std::uint8_t* out);

}  // namespace scalelaw::driver
