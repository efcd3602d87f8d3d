#include "drivers/paradigms/tile_solver.hpp"

#include <algorithm>

namespace scalelaw::driver {
namespace {

/// Tile `number` of a sequence of cells.
template <class T>
std::span<T> piece(std::span<T> cells, std::int64_t number, std::int64_t tile) {
  const auto begin = static_cast<std::size_t>(number * tile);
  return cells.subspan(begin, std::min(static_cast<std::size_t>(tile), cells.size() - begin));
}

}  // namespace

TaskGraph tile_graph(std::int64_t rows, std::int64_t columns) {
  TaskGraph graph;
  graph.needs.resize(static_cast<std::size_t>(rows * columns));
  for (std::int64_t tile = 0; tile < rows * columns; ++tile) {
    auto& needs = graph.needs[static_cast<std::size_t>(tile)];
    if (tile >= columns) needs.push_back(tile - columns);
    if (tile % columns > 0) needs.push_back(tile - 1);
  }
  return graph;
}

TileSolver::TileSolver(std::int64_t tile, Team& team, const Comm& comm)
    : tile_(tile), team_(team), comm_(comm), busy_(static_cast<std::size_t>(team.size())) {}

void TileSolver::begin_pass() {
  std::fill(busy_.begin(), busy_.end(), Busy{});
  solving_s_ = 0;
  tiles_ = 0;
}

const TaskGraph& TileSolver::graph_of(std::int64_t rows, std::int64_t columns) {
  const auto [entry, is_new] = graphs_.try_emplace({rows, columns});
  if (is_new) entry->second = tile_graph(rows, columns);
  return entry->second;
}

void TileSolver::solve(const paradigms::TablePart& part) {
  const double begin_s = comm_.now_s();
  const auto tiles = [this](std::size_t cells) {
    return (static_cast<std::int64_t>(cells) + tile_ - 1) / tile_;
  };
  const std::int64_t rows = tiles(part.rows.size()), columns = tiles(part.columns.size());
  const std::int32_t next_corner = part.above.back();
  // A row of tiles begins in the corner that the last cell to the left of the row above it is.
  corners_.assign(1, part.corner);
  for (std::int64_t row = 1; row < rows; ++row) {
    corners_.push_back(part.left[static_cast<std::size_t>(row * tile_ - 1)]);
  }
  team_.run_graph(graph_of(rows, columns), [&](std::int64_t task, int thread) {
    const double since = comm_.now_s();
    const std::int64_t row = task / columns, column = task % columns;
    paradigms::solve({.rows = piece(part.rows, row, tile_),
                      .columns = piece(part.columns, column, tile_),
                      .above = piece(part.above, column, tile_),
                      .left = piece(part.left, row, tile_),
                      .corner = corners_[static_cast<std::size_t>(row)]});
    busy_[static_cast<std::size_t>(thread)].seconds += comm_.now_s() - since;
  });
  part.corner = next_corner;
  tiles_ += rows * columns;
  solving_s_ += comm_.now_s() - begin_s;
}

std::vector<double> TileSolver::busy_s() const {
  std::vector<double> out;
  for (const Busy& one : busy_) out.push_back(one.seconds);
  return out;
}

}  // namespace scalelaw::driver
