#pragma once

#include <cstdint>
#include <string>

#include "common/range.hpp"
#include "drivers/input/image_source.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw::driver {

/// What the header of an image file says.
struct ImageHeader {
  Shape shape;                     ///< grey files have one channel, all others three
  std::int64_t decoder_bytes = 0;  ///< what decoding it takes beside a few rows
};

/// The header of an image file: PNG, JPEG, or binary PPM and PGM, told apart by their first bytes
/// and not by their names.
/// Errors: throws Error naming the file when it is unreadable, not a regular file, not an image, of
/// a kind that is not supported (CMYK, ASCII PNM), or too short for its number of pixels.
ImageHeader image_header(const std::string& path);

/// Decodes the pixel rows `rows` of a file into `out`, rows without gaps, with the channels of
/// `wanted` (1 makes colours grey by their luminance).  More than 8 bits a channel are scaled to 8
/// and rounded; transparency is ignored, since JPEG has none.  Rows before them are decoded and
/// dropped, so that an empty range at the end of an image checks all of it.
/// Memory: a few rows, and ImageHeader::decoder_bytes.
/// Errors: as image_header(), when the file no longer has the size that `wanted` says, and when the
/// rows are damaged or missing.
void decode_rows(const ImageFile& image, const Shape& wanted, Range rows, std::uint8_t* out);

}  // namespace scalelaw::driver
