#pragma once

#include <cstdint>

#include "common/range.hpp"
#include "kernels/image_compression/shape.hpp"

namespace scalelaw {

/// Writes pixel rows `rows` of the generated image `image` to `out`, rows without gaps.
///
/// The image imitates the properties that determine how well photographs compress: a spectrum that
/// falls as 1 / f (octaves of value noise), regions with sharp borders (level sets of coarse
/// noise), texture that comes and goes, little detail in the colours, and a sensor's faint white
/// noise.  Any rows can be generated alone with the same result; grey images are the luminance of
/// coloured ones.
/// Threads: pure.
/// Arithmetic: single-precision sums and products in a fixed order, with the same bits on
///             every machine.
/// Source: Field, "Relations between the statistics of natural images and the response properties
/// of cortical cells", JOSA A 4 (1987), for the spectrum; Lee, Mumford and Huang, "Occlusion
/// models for natural images", IJCV 41 (2001), for the borders.
void photo_like_rows(std::int64_t seed, std::int64_t image, const Shape& shape, Range rows,
                     std::uint8_t* out);

}  // namespace scalelaw
