#include "kernels/matrix_mean/tiling.hpp"

#include <algorithm>

namespace scalelaw {
namespace {

constexpr std::int64_t block_rows = 512, panel_columns = 2048, small_tile = 16384;
constexpr std::int64_t row_group = 8, column_group = 32;

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace

Tiling::Tiling(std::int64_t matrix_rows, std::int64_t matrix_columns)
    : rows(matrix_rows),
      columns(matrix_columns),
      blocks(divide_up(rows, std::max(block_rows, small_tile / columns))),
      panels(divide_up(columns, std::max(panel_columns, small_tile / rows))) {}

Range Tiling::rows_of(Range of_blocks) const noexcept {
  if (of_blocks.empty()) return {};
  const Range groups{0, divide_up(rows, row_group)};
  return {split(groups, blocks, of_blocks.begin).begin * row_group,
          std::min(rows, split(groups, blocks, of_blocks.end - 1).end * row_group)};
}

Range Tiling::columns_of(Range of_panels) const noexcept {
  if (of_panels.empty()) return {};
  const Range groups{0, divide_up(columns, column_group)};
  return {split(groups, panels, of_panels.begin).begin * column_group,
          std::min(columns, split(groups, panels, of_panels.end - 1).end * column_group)};
}

std::vector<TileRect> Tiling::rectangles(Range range) const {
  if (range.empty()) return {};
  Range whole{range.begin / panels, range.end / panels};
  const std::int64_t first = range.begin % panels, last = range.end % panels;
  if (whole.empty()) return {{{whole.begin, whole.begin + 1}, {first, last}}};
  std::vector<TileRect> out;
  if (first > 0) {
    out.push_back({{whole.begin, whole.begin + 1}, {first, panels}});
    ++whole.begin;
  }
  if (!whole.empty()) out.push_back({whole, {0, panels}});
  if (last > 0) out.push_back({{whole.end, whole.end + 1}, {0, last}});
  return out;
}

}  // namespace scalelaw
