#pragma once

#include <cstdint>

namespace scalelaw {

/// The part of an input dataset that a piece of storage holds, for readers of files.  A kernel that
/// can take its input from a file has slabs(params, range); its i-th slab is the part of the i-th
/// of pieces(params, storage, range).
struct Slab {
  int dataset = 0;       ///< which of the kernel's input datasets, from 0
  std::int64_t row = 0;  ///< first row; first element of a 1-D dataset
  std::int64_t rows = 0;
  std::int64_t column = 0;   ///< first column; two dimensions only
  std::int64_t columns = 1;  ///< 1 for a 1-D dataset

  friend constexpr bool operator==(const Slab&, const Slab&) = default;
};

}  // namespace scalelaw
