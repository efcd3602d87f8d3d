#pragma once

#include <cstdint>

#include "kernels/numerics/weyl.hpp"

namespace scalelaw {

/// A pair of rows of the generated matrix (matrix_input.hpp), or its only column as a row.
struct InputLine {
  std::int64_t seed;
  std::uint32_t stream;      ///< of its cells
  std::int64_t first_block;  ///< the block of cells that holds element 0
  Weyl across;               ///< added to element n
  double down[2];            ///< added to every element of the upper and of the lower row
};

}  // namespace scalelaw
