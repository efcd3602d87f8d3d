#include "drivers/input/image_decoder.hpp"

#include <fmt/format.h>

#include <array>

#include "drivers/input/image_format.hpp"

namespace scalelaw::driver {
namespace {

/// The decoder for a file, selected by its first bytes.
std::unique_ptr<ImageDecoder> decoder_of(const ImageFile& image) {
  CFile file = open_image(image);
  std::array<unsigned char, 8> head{};
  const std::size_t got = std::fread(head.data(), 1, head.size(), file.get());
  std::rewind(file.get());
  constexpr std::array<unsigned char, 8> png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (got == 8 && head == png) return png_decoder(image.path, std::move(file));
  if (got >= 3 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff) {
    return jpeg_decoder(image.path, std::move(file));
  }
  if (got >= 2 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6') {
    return pnm_decoder(image.path, std::move(file));
  }
  fail_on(image.path, got == 0 ? "the file is empty" : "not a PNG, JPEG, PPM or PGM image",
          "use only image files; move others out of the folder");
}

}  // namespace

ImageHeader image_header(const std::string& path) {
  return decoder_of({path})->header();
}

void decode_rows(const ImageFile& image, const Shape& wanted, Range rows, std::uint8_t* out) {
  const std::unique_ptr<ImageDecoder> decoder = decoder_of(image);
  const Shape found = decoder->header().shape;
  if (found.width != wanted.width || found.height != wanted.height) {
    fail_on(image.path,
            fmt::format("the file changed from {} x {} to {} x {} pixels", wanted.width,
                        wanted.height, found.width, found.height),
            "do not change the input while it is in use");
  }
  decoder->decode({rows, wanted.channels, wanted.row_bytes(), out});
}

void convert_channels(const std::uint8_t* in, std::int64_t from, std::int64_t pixels,
                      std::int64_t to, std::uint8_t* out) {
  if (from == to) {
    std::copy_n(in, pixels * from, out);
    return;
  }
  for (std::int64_t i = 0; i < pixels; ++i) {
    const std::uint8_t* const pixel = in + i * from;
    if (to == 1) {
      out[i] = static_cast<std::uint8_t>(
          (19595 * pixel[0] + 38470 * pixel[1] + 7471 * pixel[2] + 32768) >> 16);
    } else {
      std::fill_n(out + i * to, to, pixel[0]);
    }
  }
}

}  // namespace scalelaw::driver
