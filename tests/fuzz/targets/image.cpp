// An image of any kind, which is decoded whole: PPM, PGM, PNG and JPEG.
#include "drivers/input/image_decoder.hpp"
#include "fuzz/fuzz.hpp"

namespace scalelaw::fuzz {

constexpr std::int64_t most_pixel_bytes = 1 << 22;

void image(std::string_view input) {
  refusable([&] {
    const std::string path = file_with(input);
    const Shape shape = driver::image_header(path).shape;
    if (shape.bytes() > most_pixel_bytes) return;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape.bytes()));
    driver::decode_rows({.path = path}, shape, {0, shape.height}, pixels.data());
    driver::decode_rows({.path = path}, shape, {shape.height, shape.height}, pixels.data());
  });
}

}  // namespace scalelaw::fuzz
