#pragma once

#include <cstdint>
#include <string>

#include "common/range.hpp"
#include "drivers/input/image_source.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw::driver {

/// The information in the header of an image file.
struct ImageHeader {
  Shape shape;                     ///< grey files have one channel, all others three
  std::int64_t decoder_bytes = 0;  ///< memory for decoding, apart from a few rows
};

/// The header of an image file: PNG, JPEG, or binary PPM and PGM, distinguished by their first
/// bytes, not by their names.
/// Errors: throws Error naming the file when it is unreadable, not a regular file, not an image, of
///         an unsupported kind (CMYK, ASCII PNM), or too short for its number of pixels.
ImageHeader image_header(const std::string& path);

/// Decodes the pixel rows `rows` of a file into `out`, rows without gaps, with the channels of
/// `wanted` (1 converts colours to grey by their luminance).  More than 8 bits per channel are
/// scaled to 8 and rounded; transparency is ignored, because JPEG has none.  Earlier rows are
/// decoded and dropped, so an empty range at the end of an image checks all of it.
/// Memory: a few rows, and ImageHeader::decoder_bytes.
/// Errors: as image_header(); also when the file no longer has the size in `wanted`, or when rows
///         are damaged or missing.
void decode_rows(const ImageFile& image, const Shape& wanted, Range rows, std::uint8_t* out);

}  // namespace scalelaw::driver
