#pragma once

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "drivers/peers/turbojpeg_compressor.hpp"
#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw {

/// An image in memory, and libjpeg-turbo as the judge of what becomes of it.
struct Image {
  Shape shape;
  std::vector<std::uint8_t> pixels;
};

struct TurboCloser {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using TurboHandle = std::unique_ptr<void, TurboCloser>;

/// libjpeg-turbo's file with its accurate transform and a restart marker per MCU row.
inline std::vector<std::byte> turbo_encoded(const Image& image, std::int64_t quality,
                                            Subsampling subsampling) {
  std::vector<std::byte> out(
      static_cast<std::size_t>(TurboCompressor::most_bytes(image.shape, subsampling)));
  out.resize(static_cast<std::size_t>(
      TurboCompressor().compress(image.pixels.data(), image.shape, quality, subsampling, out)));
  return out;
}

/// The file decoded by libjpeg-turbo; a test failure when it complains or finds another image.
inline std::vector<std::uint8_t> turbo_decoded(std::span<const std::byte> file, const Shape& shape,
                                               Subsampling subsampling) {
  const TurboHandle handle(tjInitDecompress());
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  int width = 0, height = 0, found = 0, colours = 0;
  EXPECT_EQ(
      0, tjDecompressHeader3(handle.get(), bytes, file.size(), &width, &height, &found, &colours));
  EXPECT_EQ(shape.width, width);
  EXPECT_EQ(shape.height, height);
  EXPECT_EQ(turbo_subsampling(shape, subsampling), found);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(shape.bytes()));
  EXPECT_EQ(0, tjDecompress2(handle.get(), bytes, file.size(), out.data(), width, 0, height,
                             turbo_format(shape), TJFLAG_ACCURATEDCT))
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

/// The kernel's file of one given image, its items computed in the parts that `cut` names.
inline std::vector<std::byte> encoded(const Image& image, std::int64_t quality,
                                      Subsampling subsampling) {
  using K = ImageCompression;
  K::Params params;
  params.input = "memory";
  params.shapes = {image.shape};
  params.quality = quality;
  params.subsampling = subsampling;
  const Range all{0, K::items(params)};
  K::Storage storage = K::allocate(params, all);
  std::copy(image.pixels.begin(), image.pixels.end(), storage.pixels.as<std::uint8_t>());
  const K::Shared shared = K::prepare(params);
  K::Workspace workspace;
  K::Partial partial;
  K::compute(params, shared, storage, all, workspace, partial);
  const K::Result result = K::finish(params, std::move(partial));
  EXPECT_EQ("", K::verify(params, result));
  return result.files[0].contiguous();
}

/// A pixel value that depends on its place, without any pattern.
inline std::uint8_t noise_at(std::uint64_t place) {
  place = (place ^ (place >> 31)) * 0x9e3779b97f4a7c15ULL;
  place = (place ^ (place >> 29)) * 0xbf58476d1ce4e5b9ULL;
  return static_cast<std::uint8_t>(place >> 56);
}

inline Image noise_image(const Shape& shape, std::uint64_t seed = 1) {
  Image out{shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.bytes()))};
  for (std::size_t i = 0; i < out.pixels.size(); ++i) out.pixels[i] = noise_at((seed << 40) + i);
  return out;
}

}  // namespace scalelaw
