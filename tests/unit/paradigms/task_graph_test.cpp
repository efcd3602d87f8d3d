#include "paradigms/task_graph.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"

namespace scalelaw::paradigms {
namespace {

std::vector<std::uint8_t> word(std::string_view text) {
  std::vector<std::uint8_t> letters;
  for (const char c : text) letters.push_back(static_cast<std::uint8_t>(c - 'a'));
  return letters;
}

/// The edges of the table, solved in tiles of `rows` x `columns` cells, one after the other.
TableEdges solved(const Sequences& sequences, std::size_t rows, std::size_t columns) {
  TableEdges edges{.row = std::vector<std::int32_t>(sequences.columns.size()),
                   .column = std::vector<std::int32_t>(sequences.rows.size())};
  for (std::size_t r = 0; r < sequences.rows.size(); r += rows) {
    std::int32_t corner = 0;
    for (std::size_t c = 0; c < sequences.columns.size(); c += columns) {
      const std::size_t height = std::min(rows, sequences.rows.size() - r);
      const std::size_t width = std::min(columns, sequences.columns.size() - c);
      solve({.rows = std::span(sequences.rows).subspan(r, height),
             .columns = std::span(sequences.columns).subspan(c, width),
             .above = std::span(edges.row).subspan(c, width),
             .left = std::span(edges.column).subspan(r, height),
             .corner = corner});
    }
  }
  return edges;
}

TEST(LongestCommonSubsequence, OfWordsIsThatOfTheTextbook) {
  const Sequences words{.rows = word("abcbdab"), .columns = word("bdcaba")};
  const TableEdges edges = solved(words, 7, 6);
  EXPECT_EQ(edges.row, (std::vector<std::int32_t>{1, 2, 2, 3, 4, 4}));
  EXPECT_EQ(edges.column, (std::vector<std::int32_t>{1, 2, 2, 3, 3, 4, 4}));
}

TEST(LongestCommonSubsequence, IsTheSameInAnyTiles) {
  for (const std::int64_t length : {1, 2, 63, 64, 65, 300}) {
    const Sequences sequences = random_sequences({.length = length, .seed = length});
    const TableEdges known = known_edges(sequences);
    for (const auto& [rows, columns] :
         {std::pair{1, 1}, {7, 5}, {64, 64}, {1000, 3}, {1000, 1000}}) {
      if (length > 100 && rows == 1) continue;
      const TableEdges edges =
          solved(sequences, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
      EXPECT_EQ(edges.row, known.row) << length << " in " << rows << " x " << columns;
      EXPECT_EQ(edges.column, known.column) << length << " in " << rows << " x " << columns;
      EXPECT_EQ(fault_of(sequences, edges), "");
    }
  }
}

TEST(LongestCommonSubsequence, OfASequenceWithItselfIsAllOfIt) {
  Sequences sequences = random_sequences({.length = 200});
  sequences.columns = sequences.rows;
  EXPECT_EQ(known_edges(sequences).row.back(), 200);
  EXPECT_EQ(solved(sequences, 50, 50).row.back(), 200);
}

TEST(LongestCommonSubsequence, WithAWrongCellIsRejected) {
  const Sequences sequences = random_sequences({.length = 100});
  const TableEdges right = known_edges(sequences);
  TableEdges edges = right;
  ++edges.row.back();
  EXPECT_NE(fault_of(sequences, edges).find("the longest common subsequence has"),
            std::string::npos);
  edges = right;
  --edges.row[5];
  EXPECT_EQ(fault_of(sequences, edges), "cell 5 of the last row is wrong");
  edges = right;
  ++edges.column[0];
  EXPECT_EQ(fault_of(sequences, edges), "cell 0 of the last column is wrong");
  EXPECT_NE(facts_of(edges)[1].value, facts_of(right)[1].value);
  EXPECT_NE(fault_of(random_sequences({.length = 100, .seed = 2}), right), "");
}

TEST(LongestCommonSubsequence, HasAFewTiles) {
  EXPECT_EQ(TaskGraphParams::work({.length = 1000, .tile = 300}).items, 16);
  EXPECT_EQ(TaskGraphParams::work({.length = 1000, .tile = 3000}).items, 1);
  EXPECT_NO_THROW(TaskGraphParams::check({.length = 1000, .tile = 1}));
  EXPECT_THROW(TaskGraphParams::check({.length = 1001, .tile = 1}), Error);
}

}  // namespace
}  // namespace scalelaw::paradigms
