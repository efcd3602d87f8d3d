#pragma once

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "peers/native/turbojpeg_compressor.hpp"
#include "support/images.hpp"

// libjpeg-turbo as an independent judge of encoded images.
namespace scalelaw {

struct TurboCloser {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using TurboHandle = std::unique_ptr<void, TurboCloser>;

/// libjpeg-turbo's file, with its accurate transform and a restart marker per MCU row.
inline std::vector<std::byte> turbo_encoded(const Image& image, std::int64_t quality,
                                            Subsampling subsampling) {
  std::vector<std::byte> out(
      static_cast<std::size_t>(driver::TurboCompressor::most_bytes(image.shape, subsampling)));
  out.resize(static_cast<std::size_t>(driver::TurboCompressor().compress(
      image.pixels.data(), image.shape, quality, subsampling, out)));
  return out;
}

/// The file decoded by libjpeg-turbo; fails the test on any warning or another size.
inline std::vector<std::uint8_t> turbo_decoded(std::span<const std::byte> file, const Shape& shape,
                                               Subsampling subsampling) {
  const TurboHandle handle(tjInitDecompress());
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  int width = 0, height = 0, found = 0, colours = 0;
  EXPECT_EQ(
      0, tjDecompressHeader3(handle.get(), bytes, file.size(), &width, &height, &found, &colours));
  EXPECT_EQ(shape.width, width);
  EXPECT_EQ(shape.height, height);
  EXPECT_EQ(driver::turbo_subsampling(shape, subsampling), found);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(shape.bytes()));
  EXPECT_EQ(0, tjDecompress2(handle.get(), bytes, file.size(), out.data(), width, 0, height,
                             driver::turbo_format(shape), TJFLAG_ACCURATEDCT))
      << tjGetErrorStr2(handle.get());
  return out;
}

/// Peak signal to noise ratio in dB; 99 for equal images.
inline double psnr(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double error = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    error += difference * difference;
  }
  if (error == 0) return 99;
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.size()) / error);
}

}  // namespace scalelaw
