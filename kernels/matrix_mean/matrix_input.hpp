#pragma once

#include <cstdint>

#include "kernels/numerics/half_sequence.hpp"
#include "kernels/numerics/weyl.hpp"

namespace scalelaw {

constexpr std::uint32_t matrix_cells = 2;  ///< the stream of HalfSequence that cells come from

/// The generated matrix.  It is paved with cells of 2 x 2 elements,
///       a    1 - a
///     1 - a    a          (cut off at an odd last row or column)
/// plus a number per row and one per column.  a is random; the others are from Weyl sequences.  All
/// are multiples of 2^-20, so sums have no rounding.  The cells contribute the same to every sum of
/// whole cells, so each row's and each column's sum is known from the numbers of the rows and
/// columns, which differ.
struct MatrixInput {
  MatrixInput(std::int64_t matrix_seed, std::int64_t matrix_columns)
      : seed(matrix_seed),
        cells(matrix_seed, matrix_cells),
        of_row{golden_step, weyl_start(matrix_seed, 3)},
        of_column{root_step, weyl_start(matrix_seed, 4)},
        cells_per_row((matrix_columns + 1) / 2),
        whole_blocks(cells_per_row >= 4 * HalfSequence::block),
        pitch(whole_blocks ? (cells_per_row + HalfSequence::block - 1) / HalfSequence::block *
                                 HalfSequence::block
                           : cells_per_row) {}

  std::int64_t seed;
  HalfSequence cells;  ///< the a of cell k of row pair p is number p * pitch + k
  Weyl of_row;         ///< added to row r
  Weyl of_column;      ///< added to column c
  std::int64_t cells_per_row;
  bool whole_blocks;  ///< each pair of rows starts a new block of cells
  std::int64_t pitch;
};

}  // namespace scalelaw
