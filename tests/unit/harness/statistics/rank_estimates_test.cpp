#include "harness/statistics/rank_estimates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

TEST(LevelShift, IsTheMedianDifferenceWithRanksOfTheTables) {
  // Hollander, Wolfe & Chicken, table A.6: for 4 and 5 values, P(U <= 1) = 2/126 and
  // P(U <= 2) = 4/126, so that the second smallest difference ends the 95 % interval.
  const std::vector<double> before{0, 0.1, 0.2, 0.3, 0.4}, after{10, 20, 30, 40};
  const Ratio shift = level_shift(before, after);
  EXPECT_NEAR(shift.value, 24.8, 0.01);
  ASSERT_TRUE(shift.interval);
  EXPECT_NEAR(shift.interval->low, 9.7, 1e-12);
  EXPECT_NEAR(shift.interval->high, 39.9, 1e-12);
}

TEST(LevelShift, HasNoIntervalForTooFewValues) {
  const std::vector<double> three{1, 2, 3};
  EXPECT_FALSE(level_shift(three, three).interval) << "1 of 20 orders on each side";
  const std::vector<double> five{1, 2, 3, 4, 5};
  EXPECT_TRUE(level_shift(three, five).interval) << "1 of 56";
  EXPECT_THROW((void)level_shift(three, {}), Error);
}

TEST(LevelShift, HoldsAsOftenAsStated) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  for (const auto& [m, n] : {std::pair{4, 26}, {15, 15}, {60, 8}}) {
    int held = 0;
    constexpr int times = 400;
    for (int i = 0; i < times; ++i) {
      std::vector<double> before, after;
      for (int k = 0; k < m; ++k) before.push_back(normal(random));
      for (int k = 0; k < n; ++k) after.push_back(1 + normal(random));
      const auto interval = level_shift(before, after).interval;
      held += interval && interval->low <= 1 && 1 <= interval->high ? 1 : 0;
    }
    EXPECT_GE(held, 0.92 * times) << m << " and " << n;
    EXPECT_LE(held, 0.99 * times) << m << " and " << n;
  }
}

TEST(CommonSlope, IgnoresSteps) {
  Stretch one, two;
  for (int i = 0; i < 10; ++i) {
    one.x.push_back(i);
    one.y.push_back(0.5 * i);
    two.x.push_back(10 + i);
    two.y.push_back(100 + 0.5 * i);
  }
  const Ratio slope = common_slope(std::vector{one, two});
  EXPECT_DOUBLE_EQ(slope.value, 0.5);
  ASSERT_TRUE(slope.interval);
  EXPECT_DOUBLE_EQ(slope.interval->low, 0.5);
}

TEST(CommonSlope, HoldsAsOftenAsStatedAndIsNotMovedByAnOutlier) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  int held = 0;
  constexpr int times = 400;
  for (int i = 0; i < times; ++i) {
    std::vector<Stretch> stretches(2);
    for (int k = 0; k < 30; ++k) {
      Stretch& stretch = stretches[k < 12 ? 0 : 1];
      stretch.x.push_back(k);
      stretch.y.push_back(0.1 * k + normal(random) + (k < 12 ? 0 : 50) + (k == 20 ? 1000 : 0));
    }
    const auto interval = common_slope(stretches).interval;
    held += interval && interval->low <= 0.1 && 0.1 <= interval->high ? 1 : 0;
  }
  EXPECT_GE(held, 0.92 * times);
  EXPECT_LE(held, 0.99 * times);
}

TEST(CommonSlope, IsZeroWithoutPairs) {
  EXPECT_EQ(common_slope({}).value, 0);
  EXPECT_FALSE(common_slope(std::vector{Stretch{{1}, {2}}}).interval);
  EXPECT_EQ(common_slope(std::vector{Stretch{{1, 1}, {2, 3}}}).value, 0);
}

}  // namespace
}  // namespace scalelaw::harness
