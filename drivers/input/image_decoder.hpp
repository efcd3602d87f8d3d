#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/range.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw {

/// The size and channels of an image file, from its header: PNG, JPEG, or binary PPM and PGM,
/// told apart by their first bytes and not by their names.  Grey files have one channel, all
/// others three.
/// Errors: throws Error naming the file when it is unreadable, truncated, not an image, or of a
/// kind that is not supported (CMYK, ASCII PNM).
Shape image_shape(const std::string& path);

/// An image file by its name, and its bytes where they have been read already.
struct ImageFile {
  const std::string& path;
  const std::vector<std::byte>* bytes = nullptr;
};

/// Decodes the pixel rows `rows` of a file into `out`, rows without gaps, with the channels of
/// `wanted` (1 makes colours grey by their luminance).  More than 8 bits a channel are scaled to 8;
/// transparency is ignored, since JPEG has none.
/// Memory: the whole decoded image, while it runs; PPM and PGM need only the rows.
/// Errors: as image_shape(), and when the file no longer has the size that `wanted` says.
void decode_rows(const ImageFile& image, const Shape& wanted, Range rows, std::uint8_t* out);

/// All bytes of a file.
/// Errors: throws Error naming the file when it cannot be read.
std::vector<std::byte> file_bytes(const std::string& path);

}  // namespace scalelaw
