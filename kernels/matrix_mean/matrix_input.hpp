#pragma once

#include <cstdint>

#include "kernels/numerics/random_sequence.hpp"

namespace scalelaw {

/// The generated matrix.  It is paved with cells of 2 x 2 elements,
///       a    1 - a
///     1 - a    a          (cut off at an odd last row or column)
/// to which a random number per row and one per column are added.  All are multiples of 2^-20, so
/// that sums have no rounding; the cells vanish from every sum of whole cells, so that each row's
/// and each column's sum is known from the rows' and columns' numbers, and all of them differ.
struct MatrixInput {
  MatrixInput(std::int64_t seed, std::int64_t matrix_columns)
      : cells(seed, 2),
        of_row(seed, 3),
        of_column(seed, 4),
        cells_per_row((matrix_columns + 1) / 2) {}

  RandomSequence cells;      ///< the a of cell k of row pair p is number p * cells_per_row + k
  RandomSequence of_row;     ///< what is added to row r
  RandomSequence of_column;  ///< what is added to column c
  std::int64_t cells_per_row;
};

}  // namespace scalelaw
