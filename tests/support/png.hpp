#pragma once

#include <gtest/gtest.h>
#include <spng.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "support/images.hpp"

namespace scalelaw {

/// A PNG file of an image, whose samples have `depth` bits: with 16, two bytes of `pixels` each.
inline std::string png_of(const Image& image, int depth = 8, bool interlaced = false) {
  spng_ctx* const context = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.shape.width);
  header.height = static_cast<std::uint32_t>(image.shape.height);
  header.bit_depth = static_cast<std::uint8_t>(depth);
  header.color_type =
      image.shape.channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR;
  header.interlace_method = interlaced ? SPNG_INTERLACE_ADAM7 : SPNG_INTERLACE_NONE;
  spng_set_ihdr(context, &header);
  EXPECT_EQ(0, spng_encode_image(context, image.pixels.data(), image.pixels.size(), SPNG_FMT_PNG,
                                 SPNG_ENCODE_FINALIZE));
  std::size_t size = 0;
  int error = 0;
  void* const bytes = spng_get_png_buffer(context, &size, &error);
  std::string out(static_cast<const char*>(bytes), size);
  std::free(bytes);
  spng_ctx_free(context);
  return out;
}

}  // namespace scalelaw
