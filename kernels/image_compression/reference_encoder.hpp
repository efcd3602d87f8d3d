#pragma once

#include <cstddef>
#include <vector>

#include "kernels/image_compression/row_encoder.hpp"

namespace scalelaw::jpeg {

/// What encode_row() must append, computed in the simplest way: one sample, one coefficient and one
/// code at a time, from the standard's own tables.  It shares the definition of the arithmetic
/// (arithmetic.hpp) with the fast paths, but no code.  For verification and tests.
std::vector<std::byte> reference_row(const RowJob& job, std::int64_t quality);

}  // namespace scalelaw::jpeg
