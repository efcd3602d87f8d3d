#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "common/range.hpp"
#include "drivers/input/c_file.hpp"
#include "drivers/input/image_decoder.hpp"

namespace scalelaw::driver {

/// Some pixel rows of an image in memory, without gaps, 8 bits a channel.
struct PixelRows {
  Range rows;
  std::int64_t channels = 3;
  std::int64_t row_bytes = 0;
  std::uint8_t* first = nullptr;

  /// Where row `y` goes; null for a row that is not among them.
  [[nodiscard]] std::uint8_t* at(std::int64_t y) const {
    return y < rows.begin || y >= rows.end ? nullptr : first + (y - rows.begin) * row_bytes;
  }
};

/// The decoder of one open file.  Threads: one at a time.
class ImageDecoder {
 public:
  ImageDecoder() = default;
  ImageDecoder(const ImageDecoder&) = delete;
  ImageDecoder& operator=(const ImageDecoder&) = delete;
  virtual ~ImageDecoder() = default;

  [[nodiscard]] virtual ImageHeader header() const = 0;

  /// Decodes rows from the top up to the last of `out`.  Called once.
  /// Errors: throws Error naming the file when rows are damaged or missing.
  virtual void decode(const PixelRows& out) = 0;
};

/// Each reads the file's header.  `path` must outlive the decoder.
/// Errors: throws Error naming the file, as image_header() does.
std::unique_ptr<ImageDecoder> png_decoder(const std::string& path, CFile file);
std::unique_ptr<ImageDecoder> jpeg_decoder(const std::string& path, CFile file);
std::unique_ptr<ImageDecoder> pnm_decoder(const std::string& path, CFile file);

/// A sample of 0 to `largest` as one of 0 to 255, to the nearest.
constexpr std::uint8_t to_8_bits(std::int64_t sample, std::int64_t largest) {
  return static_cast<std::uint8_t>((std::min(sample, largest) * 255 + largest / 2) / largest);
}

/// `pixels` pixels with `from` channels as pixels with `to` of them, each being 1 or 3: grey is the
/// luminance.
void convert_channels(const std::uint8_t* in, std::int64_t from, std::int64_t pixels,
                      std::int64_t to, std::uint8_t* out);

}  // namespace scalelaw::driver
