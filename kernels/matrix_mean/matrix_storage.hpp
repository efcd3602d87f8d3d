#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/matrix_mean/tiling.hpp"
#include "kernels/numerics/buffer.hpp"
#include "kernels/numerics/element_type.hpp"

namespace scalelaw {

/// Memory for the means of consecutive rows or columns.
struct MeansRoom {
  std::int64_t first = 0;  ///< row or column
  std::shared_ptr<const Buffer> memory;

  [[nodiscard]] double* at(std::int64_t index) const {
    return memory->as<double>() + (index - first);
  }
};

/// The elements of one range of a matrix's tiles: one row-major rectangle after another, as
/// Tiling::rectangles() cuts the range.  It also holds memory for the means that are complete
/// there, so that repeated passes do not wait for the system to map it again.
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

  /// The tiles of `range` as rectangles that each lie within one rectangle of the storage.
  [[nodiscard]] std::vector<Place> places(const Tiling& tiling, Range range) const;

  /// Elements from one row of a rectangle to the next.  More than `columns` for long rows: they are
  /// cache-line aligned, so that no vector spans two lines, and their distance is not a multiple of
  /// 4 KiB, because such rows would compete for the same cache lines and memory banks.
  static std::int64_t stride_of(std::int64_t columns, ElementType type);

  [[nodiscard]] const MeansRoom& row_means() const { return row_means_; }
  [[nodiscard]] const MeansRoom& column_means() const { return column_means_; }

  /// The memory that holds the elements; whoever refers to them must keep it.
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
  MeansRoom row_means_, column_means_;
};

}  // namespace scalelaw
