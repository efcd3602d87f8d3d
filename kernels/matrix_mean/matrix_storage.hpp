#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/matrix_mean/tiling.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/element_type.hpp"

namespace scalelaw {

/// The elements of one range of a matrix's tiles: one row-major rectangle after another, as
/// Tiling::rectangles() cuts the range.
class MatrixStorage {
 public:
  MatrixStorage() = default;
  MatrixStorage(const Tiling& tiling, ElementType type, Range items);

  /// A rectangle of tiles and where its elements are.
  struct Place {
    TileRect tiles;
    Range rows, columns;
    std::byte* first = nullptr;  ///< element (rows.begin, columns.begin)
    std::int64_t stride = 0;     ///< elements from one row to the next
  };

  /// The tiles of `range` as rectangles that each lie within one of the storage's own.
  [[nodiscard]] std::vector<Place> places(const Tiling& tiling, Range range) const;

  /// The memory that the elements are in, to be kept by who refers to them.
  [[nodiscard]] const std::shared_ptr<const Buffer>& memory() const { return elements_; }

 private:
  struct Part {
    TileRect tiles;
    Range rows, columns;
    std::int64_t offset = 0;  ///< of its first element, in elements
  };

  std::vector<Part> parts_;
  ElementType type_ = ElementType::f64;
  std::shared_ptr<const Buffer> elements_;
};

}  // namespace scalelaw
