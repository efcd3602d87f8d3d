#include "kernels/matrix_mean/matrix_storage.hpp"

#include <algorithm>

namespace scalelaw {
namespace {

constexpr Range both(Range a, Range b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

MeansRoom room_for(Range means) {
  return {means.begin, std::make_shared<const Buffer>(means.size() * std::int64_t{sizeof(double)})};
}

}  // namespace

std::int64_t MatrixStorage::stride_of(std::int64_t columns, ElementType type) {
  constexpr std::int64_t line_bytes = 64, page_bytes = 4096, apart_bytes = 9 * 64;
  constexpr std::int64_t shortest_bytes = 16384;
  const std::int64_t size = size_of(type), bytes = columns * size;
  if (bytes < shortest_bytes) return columns;
  const std::int64_t whole_lines = (bytes + line_bytes - 1) / line_bytes * line_bytes;
  return (whole_lines % page_bytes == 0 ? whole_lines + apart_bytes : whole_lines) / size;
}

MatrixStorage::MatrixStorage(const Tiling& tiling, ElementType type, Range items) : type_(type) {
  std::int64_t elements = 0;
  for (const TileRect& rect : tiling.rectangles(items)) {
    const Range rows = tiling.rows_of(rect.blocks), columns = tiling.columns_of(rect.panels);
    parts_.push_back({rect, rows, columns, elements});
    elements += rows.size() * stride_of(columns.size(), type);
  }
  elements_ = std::make_shared<const Buffer>(elements * size_of(type));
  if (parts_.empty() || tiling.rows == 1 || tiling.columns == 1) return;
  row_means_ = room_for({parts_.front().rows.begin, parts_.back().rows.end});
  if (tiling.blocks == 1) {
    column_means_ = room_for({parts_.front().columns.begin, parts_.back().columns.end});
  }
}

std::vector<MatrixStorage::Place> MatrixStorage::places(const Tiling& tiling, Range range) const {
  std::vector<Place> out;
  for (const TileRect& rect : tiling.rectangles(range)) {
    for (const Part& part : parts_) {
      const TileRect common{both(rect.blocks, part.tiles.blocks),
                            both(rect.panels, part.tiles.panels)};
      if (common.blocks.empty() || common.panels.empty()) continue;
      const Range rows = tiling.rows_of(common.blocks), columns = tiling.columns_of(common.panels);
      const std::int64_t stride = stride_of(part.columns.size(), type_);
      const std::int64_t first = part.offset + (rows.begin - part.rows.begin) * stride +
                                 columns.begin - part.columns.begin;
      out.push_back({common, rows, columns, elements_->data() + first * size_of(type_), stride});
    }
  }
  return out;
}

}  // namespace scalelaw
