#include "harness/statistics/level_scan.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace scalelaw::harness {
namespace {

TEST(LevelScan, FindsTheSplitOfTwoLevels) {
  for (const std::size_t n : {6, 7, 30, 100}) {
    for (std::size_t place = 3; place + 3 <= n; ++place) {
      std::vector<double> values(n, 1);
      for (std::size_t i = place; i < n; ++i) values[i] = 2;
      const Split split = LevelScan(n, 3).largest(values);
      EXPECT_EQ(split.first, place) << n;
      const auto a = static_cast<double>(place), b = static_cast<double>(n - place);
      EXPECT_NEAR(split.score, std::sqrt(a * b / (a + b)), 1e-9);
    }
  }
}

TEST(LevelScan, SeesABumpThatNoSingleSplitShows) {
  std::vector<double> values(60, 0);
  for (std::size_t i = 25; i < 35; ++i) values[i] = 1;
  const Split split = LevelScan(60, 3).largest(values);
  EXPECT_TRUE(split.first == 25 || split.first == 35) << split.first;
  EXPECT_GT(split.score, std::sqrt(10.0 * 25 / 35) * 5 / 7) << "more than that of the whole";
}

TEST(LevelScan, KeepsSegmentsAsLongAsAsked) {
  std::vector<double> values(20, 0);
  values[19] = 100;
  const Split split = LevelScan(20, 3).largest(values);
  EXPECT_GE(split.first, 3U);
  EXPECT_LE(split.first, 17U);
}

TEST(BestPieces, AgreesWithEverySegmentation) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (int i = 0; i < 11; ++i) values.push_back(normal(random));
  const auto squares = [&](std::size_t begin, std::size_t end) {
    double mean = 0, sum = 0;
    for (std::size_t i = begin; i < end; ++i) mean += values[i];
    mean /= static_cast<double>(end - begin);
    for (std::size_t i = begin; i < end; ++i) sum += std::pow(values[i] - mean, 2);
    return sum;
  };
  double two = 1e9, three = 1e9;
  for (std::size_t i = 3; i + 3 <= 11; ++i) {
    two = std::min(two, squares(0, i) + squares(i, 11));
    for (std::size_t j = i + 3; j + 3 <= 11; ++j) {
      three = std::min(three, squares(0, i) + squares(i, j) + squares(j, 11));
    }
  }
  const auto pieces = best_pieces(values, 3, 9);
  ASSERT_EQ(pieces.size(), 3U) << "eleven values have three segments of three at most";
  EXPECT_NEAR(pieces[0].squares, squares(0, 11), 1e-9);
  EXPECT_NEAR(pieces[1].squares, two, 1e-9);
  EXPECT_NEAR(pieces[2].squares, three, 1e-9);
}

}  // namespace
}  // namespace scalelaw::harness
