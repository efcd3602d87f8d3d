#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "common/range.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw {

/// The header of a binary PPM (P6) or PGM (P5) file.
struct PnmHeader {
  Shape shape;
  std::int64_t largest = 255;     ///< the value of full intensity; above 255: two bytes a channel
  std::int64_t pixels_begin = 0;  ///< byte offset in the file
};

/// Reads from the file's beginning; `path` is its name.
/// Errors: throws Error naming the file when the header is malformed or of the ASCII kinds, or when
/// the file is shorter than the header says.
PnmHeader pnm_header(std::FILE* in, const std::string& path);

/// The pixel rows `rows`, 8 bits a channel; values are scaled so that `largest` becomes 255.
/// Errors: throws Error naming the file when it cannot be read.
std::vector<std::uint8_t> read_pnm_rows(std::FILE* in, const std::string& path,
                                        const PnmHeader& header, Range rows);

}  // namespace scalelaw
