#include "kernels/matrix_mean/matrix_storage.hpp"

#include <algorithm>

namespace scalelaw {
namespace {

constexpr Range both(Range a, Range b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

}  // namespace

MatrixStorage::MatrixStorage(const Tiling& tiling, ElementType type, Range items) : type_(type) {
  std::int64_t elements = 0;
  for (const TileRect& rect : tiling.rectangles(items)) {
    const Range rows = tiling.rows_of(rect.blocks), columns = tiling.columns_of(rect.panels);
    parts_.push_back({rect, rows, columns, elements});
    elements += rows.size() * columns.size();
  }
  elements_ = std::make_shared<const Buffer>(elements * size_of(type));
}

std::vector<MatrixStorage::Place> MatrixStorage::places(const Tiling& tiling, Range range) const {
  std::vector<Place> out;
  for (const TileRect& rect : tiling.rectangles(range)) {
    for (const Part& part : parts_) {
      const TileRect common{both(rect.blocks, part.tiles.blocks),
                            both(rect.panels, part.tiles.panels)};
      if (common.blocks.empty() || common.panels.empty()) continue;
      const Range rows = tiling.rows_of(common.blocks), columns = tiling.columns_of(common.panels);
      const std::int64_t stride = part.columns.size();
      const std::int64_t first = part.offset + (rows.begin - part.rows.begin) * stride +
                                 columns.begin - part.columns.begin;
      out.push_back({common, rows, columns, elements_->data() + first * size_of(type_), stride});
    }
  }
  return out;
}

}  // namespace scalelaw
