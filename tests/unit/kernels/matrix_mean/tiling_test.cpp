#include "kernels/matrix_mean/tiling.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace scalelaw {
namespace {

TEST(Tiling, CoversTheMatrixWithTilesOfAlikeSize) {
  for (const std::int64_t rows : {1, 2, 100, 257, 20'000}) {
    for (const std::int64_t columns : {1, 5, 31, 2048, 2049, 100'000}) {
      const Tiling tiling(rows, columns);
      std::int64_t next = 0;
      for (std::int64_t b = 0; b < tiling.blocks; ++b) {
        EXPECT_EQ(tiling.rows_of(b).begin, next);
        EXPECT_EQ(next % 8, 0);
        EXPECT_FALSE(tiling.rows_of(b).empty());
        next = tiling.rows_of(b).end;
      }
      EXPECT_EQ(next, rows);
      next = 0;
      for (std::int64_t p = 0; p < tiling.panels; ++p) {
        EXPECT_EQ(tiling.columns_of(p).begin, next);
        EXPECT_EQ(next % 32, 0);
        EXPECT_FALSE(tiling.columns_of(p).empty());
        next = tiling.columns_of(p).end;
      }
      EXPECT_EQ(next, columns);
    }
  }
}

TEST(Tiling, CutsRangesIntoRectanglesThatHoldTheirTilesInOrder) {
  const Tiling tiling(2000, 9000);
  ASSERT_GT(tiling.panels, 2);
  ASSERT_GT(tiling.blocks, 2);
  for (std::int64_t begin = 0; begin <= tiling.items(); ++begin) {
    for (std::int64_t end = begin; end <= tiling.items(); ++end) {
      std::int64_t next = begin;
      const auto rectangles = tiling.rectangles({begin, end});
      EXPECT_LE(rectangles.size(), 3u);
      for (const TileRect& rect : rectangles) {
        for (std::int64_t b = rect.blocks.begin; b < rect.blocks.end; ++b) {
          for (std::int64_t p = rect.panels.begin; p < rect.panels.end; ++p) {
            ASSERT_EQ(b * tiling.panels + p, next);
            ++next;
          }
        }
      }
      ASSERT_EQ(next, end);
    }
  }
}

TEST(Tiling, IsCutAlongItsLongSide) {
  EXPECT_GT(Tiling(8, 1'000'000).items(), 100);
  EXPECT_GT(Tiling(1'000'000, 8).items(), 100);
  EXPECT_GT(Tiling(1, 10'000'000).items(), 100);
  EXPECT_GT(Tiling(10'000'000, 1).items(), 100);
}

}  // namespace
}  // namespace scalelaw
