#include "paradigms/task_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/error.hpp"
#include "kernels/numerics/chain.hpp"

namespace scalelaw::paradigms {
namespace {

constexpr std::size_t letters = 4;

std::vector<std::uint8_t> random_sequence(std::int64_t length, std::int64_t seed,
                                          std::int64_t stream) {
  std::vector<std::uint8_t> sequence(static_cast<std::size_t>(length));
  const std::uint64_t key = scrambled(Chain::start(seed, stream));
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    sequence[i] = static_cast<std::uint8_t>(scrambled(key + i) % letters);
  }
  return sequence;
}

/// The last row of the table for `rows` and `columns`: bit c of the vector tells whether cell c + 1
/// is as large as cell c.
std::vector<std::int32_t> last_row_of(const std::vector<std::uint8_t>& rows,
                                      const std::vector<std::uint8_t>& columns) {
  const std::size_t words = (columns.size() + 63) / 64;
  std::array<std::vector<std::uint64_t>, letters> places;
  for (auto& of_letter : places) of_letter.resize(words);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    places[columns[c]][c / 64] |= std::uint64_t{1} << (c % 64);
  }
  std::vector<std::uint64_t> equal(words, ~std::uint64_t{0});
  for (const std::uint8_t letter : rows) {
    std::uint64_t carry = 0;
    for (std::size_t w = 0; w < words; ++w) {
      const std::uint64_t before = equal[w], match = before & places[letter][w];
      const std::uint64_t sum = before + match, with_carry = sum + carry;
      carry =
          static_cast<std::uint64_t>(sum < before) | static_cast<std::uint64_t>(with_carry < sum);
      equal[w] = with_carry | (before & ~match);
    }
  }
  std::vector<std::int32_t> row(columns.size());
  std::int32_t value = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    value += static_cast<std::int32_t>(~(equal[c / 64] >> (c % 64)) & 1);
    row[c] = value;
  }
  return row;
}

std::uint64_t digested(std::uint64_t digest, std::span<const std::int32_t> cells) {
  for (const std::int32_t cell : cells) {
    digest = scrambled(digest + static_cast<std::uint64_t>(cell));
  }
  return digest;
}

}  // namespace

void TaskGraphParams::check(const TaskGraphParams& params) {
  constexpr std::int64_t most = 1000;
  if (params.tiles() <= most) return;
  throw Error(fmt::format("{} x {} tiles are too many", params.tiles(), params.tiles()),
              fmt::format("choose --tile {} or more", (params.length + most - 1) / most));
}

Work TaskGraphParams::work(const TaskGraphParams& params) {
  const double cells = static_cast<double>(params.length) * static_cast<double>(params.length);
  const double sequences = 2 * static_cast<double>(params.length);
  const std::int64_t tiles = params.tiles() * params.tiles();
  constexpr double bytes_per_tile = 64;  // in the graph
  return {.items = tiles,
          .operations = cells,
          .resident_bytes = sequences + sequences * sizeof(std::int32_t) +
                            bytes_per_tile * static_cast<double>(tiles),
          .amount = cells,
          .unit = "cells"};
}

Sequences random_sequences(const TaskGraphParams& params) {
  return {.rows = random_sequence(params.length, params.seed, 0),
          .columns = random_sequence(params.length, params.seed, 1)};
}

void solve(const TablePart& part) {
  if (part.rows.empty() || part.columns.empty()) return;
  const std::int32_t next_corner = part.above.back();
  std::int32_t above_left = part.corner;
  for (std::size_t r = 0; r < part.rows.size(); ++r) {
    const std::uint8_t letter = part.rows[r];
    std::int32_t diagonal = above_left;
    std::int32_t before = part.left[r];
    above_left = before;
    for (std::size_t c = 0; c < part.columns.size(); ++c) {
      const std::int32_t above = part.above[c];
      before = part.columns[c] == letter ? diagonal + 1 : std::max(above, before);
      diagonal = above;
      part.above[c] = before;
    }
    part.left[r] = before;
  }
  part.corner = next_corner;
}

std::uint64_t digest_of(std::span<const std::int32_t> last_row,
                        std::span<const std::int32_t> last_column) {
  return digested(digested(0, last_row), last_column);
}

TableEdges known_edges(const Sequences& sequences) {
  return {.row = last_row_of(sequences.rows, sequences.columns),
          .column = last_row_of(sequences.columns, sequences.rows)};
}

std::vector<Fact> facts_of(const TableEdges& edges) {
  return {{"common", std::to_string(edges.row.back())},
          {"digest", fmt::format("{:#018x}", digest_of(edges.row, edges.column))}};
}

std::string fault_of(const Sequences& sequences, const TableEdges& edges) {
  const TableEdges known = known_edges(sequences);
  if (edges.row.back() != known.row.back()) {
    return fmt::format("the longest common subsequence has {} letters, not {}", edges.row.back(),
                       known.row.back());
  }
  const auto differs = [](const auto& a, const auto& b) {
    return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
  };
  if (edges.row != known.row) {
    return fmt::format("cell {} of the last row is wrong", differs(edges.row, known.row));
  }
  if (edges.column == known.column) return {};
  return fmt::format("cell {} of the last column is wrong", differs(edges.column, known.column));
}

}  // namespace scalelaw::paradigms
