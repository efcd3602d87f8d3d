#pragma once

#include <cstdint>

namespace scalelaw {

/// Which part of an input dataset a piece of storage holds: what a reader of files has to know.
/// A kernel that can take its input from a file has slabs(params, range), whose i-th slab is the
/// part of the i-th of pieces(params, storage, range).
struct Slab {
  int dataset = 0;       ///< which of the kernel's input datasets, from 0
  std::int64_t row = 0;  ///< first row; first element for a dataset of one dimension
  std::int64_t rows = 0;
  std::int64_t column = 0;   ///< first column; two dimensions only
  std::int64_t columns = 1;  ///< 1 for a dataset of one dimension

  friend constexpr bool operator==(const Slab&, const Slab&) = default;
};

}  // namespace scalelaw
