#include "drivers/input/image_format.hpp"

void scalelaw::driver::convert_channels(const std::uint8_t* in, std::int64_t from,
                                        std::int64_t pixels, std::int64_t to, std::uint8_t* out) {
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
