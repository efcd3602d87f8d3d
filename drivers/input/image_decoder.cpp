#include "drivers/input/image_decoder.hpp"

#include <fmt/format.h>

#include <array>

#include "drivers/input/image_libraries.hpp"
#include "drivers/input/module.hpp"

namespace scalelaw::driver {
namespace {

const ImageLibraries& libraries() {
  static const auto* const loaded = static_cast<const ImageLibraries*>(
      module_symbol(SCALELAW_IMAGE_MODULE, "scalelaw_image_libraries", "cannot read images"));
  return *loaded;
}

/// The decoder for a file, selected by its first bytes.
std::unique_ptr<ImageDecoder> decoder_of(const ImageFile& image) {
  CFile file = open_image(image);
  std::array<unsigned char, 8> head{};
  const std::size_t got = std::fread(head.data(), 1, head.size(), file.get());
  std::rewind(file.get());
  constexpr std::array<unsigned char, 8> png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (got == 8 && head == png) return libraries().png(image.path, std::move(file));
  if (got >= 3 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff) {
    return libraries().jpeg(image.path, std::move(file));
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

}  // namespace scalelaw::driver
