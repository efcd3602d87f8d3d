#pragma once

#include <cstdint>
#include <vector>

#include "common/range.hpp"

namespace scalelaw {

/// A rectangle of tiles: row blocks x column panels.
struct TileRect {
  Range blocks;
  Range panels;
};

/// How a matrix is cut into tiles, the kernel's items, which are numbered row by row of tiles.
///
/// A tile is about 512 rows (a row block) by about 2048 columns (a panel).  A narrow or flat matrix
/// has longer tiles, so that none is too small to be worth its overhead.  The cuts depend only on
/// the matrix's shape, so every partition adds up the same elements inside a tile.
struct Tiling {
  Tiling(std::int64_t matrix_rows, std::int64_t matrix_columns);

  std::int64_t rows, columns;
  std::int64_t blocks;  ///< row blocks, of whole groups of 8 rows except at the end
  std::int64_t panels;  ///< column panels, of whole groups of 32 columns except at the end

  [[nodiscard]] std::int64_t items() const noexcept { return blocks * panels; }
  [[nodiscard]] Range rows_of(Range of_blocks) const noexcept;
  [[nodiscard]] Range columns_of(Range of_panels) const noexcept;
  [[nodiscard]] Range rows_of(std::int64_t block) const noexcept {
    return rows_of({block, block + 1});
  }
  [[nodiscard]] Range columns_of(std::int64_t panel) const noexcept {
    return columns_of({panel, panel + 1});
  }

  /// The items of `range` as at most three rectangles, in order: the rest of a row of tiles, whole
  /// rows of tiles, the start of a row of tiles.
  [[nodiscard]] std::vector<TileRect> rectangles(Range range) const;
};

}  // namespace scalelaw
