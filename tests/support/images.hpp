#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/image_compression/image_compression.hpp"

namespace scalelaw {

/// An image in memory.
struct Image {
  Shape shape;
  std::vector<std::uint8_t> pixels;
};

/// The kernel's file of one given image; fails the test if it is not verified.
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

/// A pixel value that depends on its place, without a pattern.
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
