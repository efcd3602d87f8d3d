#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/field.hpp"
#include "kernels/kernel.hpp"

namespace scalelaw::paradigms {

/// The parameters of the kernel `task_graph` (docs/kernels/task_graph.md).
struct TaskGraphParams {
  static constexpr std::string_view name = "task_graph";
  static constexpr std::string_view summary =
      "the longest common subsequence, as tiles that depend on each other";
  static constexpr std::string_view size_parameter = "length";

  std::int64_t length = 8192;
  std::int64_t tile = 256;
  std::int64_t seed = 1;

  static constexpr auto fields() {
    using P = TaskGraphParams;
    return std::tuple{Field<P, std::int64_t>{"length", &P::length, "letters of each sequence", 1,
                                             std::int64_t{1} << 24},
                      Field<P, std::int64_t>{"tile", &P::tile, "rows and columns of a task", 1,
                                             std::int64_t{1} << 16},
                      Field<P, std::int64_t>{"seed", &P::seed, "seed of the sequences"}};
  }

  /// Errors: throws Error when there are too many tiles.
  static void check(const TaskGraphParams& params);
  static Work work(const TaskGraphParams& params);
  /// Tiles in each direction.
  [[nodiscard]] std::int64_t tiles() const { return (length + tile - 1) / tile; }
};

/// The two sequences; a letter is one of four.
struct Sequences {
  std::vector<std::uint8_t> rows, columns;
};
Sequences random_sequences(const TaskGraphParams& params);

/// A part of the table of the longest common subsequences of all prefixes: cell (r, c) is the
/// length of that of the first r letters of one sequence and the first c of the other.
///
/// Only the part's edges are kept.  A part is solved from the cells above it, to its left, and in
/// the corner between them, which its own last row, last column, and the corner for the part to its
/// right replace.
/// Source:  Wagner and Fischer, "The string-to-string correction problem", JACM 21 (1974).
struct TablePart {
  std::span<const std::uint8_t> rows, columns;  ///< its letters
  std::span<std::int32_t> above, left;          ///< a cell per column, and per row
  std::int32_t& corner;
};

/// Fills a part, row by row.
void solve(const TablePart& part);

/// A digest of the last row and the last column of the table.
std::uint64_t digest_of(std::span<const std::int32_t> last_row,
                        std::span<const std::int32_t> last_column);

/// The last row and column of the whole table.
struct TableEdges {
  std::vector<std::int32_t> row, column;
};

/// Finds them by another method, 64 cells at a time.
/// Source:  Hyyro, "Bit-parallel LCS-length computation revisited", AWOCA 2004.
TableEdges known_edges(const Sequences& sequences);

std::vector<Fact> facts_of(const TableEdges& edges);

/// Empty when the edges are right, else what is wrong.
std::string fault_of(const Sequences& sequences, const TableEdges& edges);

}  // namespace scalelaw::paradigms
