#include "harness/statistics/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using Values = std::vector<double>;

Values counting(std::size_t n) {
  Values values(n);
  std::iota(values.rbegin(), values.rend(), 1.0);
  return values;
}

TEST(Quantile, IsThatOfNumPy) {
  const Values values{7, 1, 3, 10};
  EXPECT_EQ(median(values), 5);
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 1), 10);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 2.5);
  EXPECT_EQ(median(Values{4}), 4);
  EXPECT_EQ(median(Values{2, 9, 4}), 4);
  EXPECT_THROW(static_cast<void>(median(Values{})), Error);
}

TEST(RankInterval, HasTheRanksOfTheTables) {
  // n, lower rank, coverage: Hahn & Meeker; 1 - 2 P(Bin(n, 1/2) < rank).
  const struct {
    std::size_t n;
    double rank;
    double coverage;
  } table[] = {{6, 1, 0.96875},
               {8, 1, 0.9921875},
               {9, 2, 0.9609375},
               {10, 2, 0.978515625},
               {15, 4, 0.96484375},
               {20, 6, 0.9586105346679688},
               {30, 10, 0.9572260379791260}};
  for (const auto& row : table) {
    const auto interval = rank_interval(counting(row.n), row.coverage - 1e-9);
    ASSERT_TRUE(interval.has_value()) << row.n;
    EXPECT_NEAR(interval->low, row.rank, 1e-6) << row.n;
    EXPECT_NEAR(interval->high, static_cast<double>(row.n) + 1 - row.rank, 1e-6) << row.n;
    EXPECT_FALSE(rank_interval(counting(row.n), 1 - 1e-12)) << row.n;
  }
}

TEST(RankInterval, DoesNotExistBelowSixValues) {
  for (std::size_t n = 0; n < 6; ++n) {
    EXPECT_FALSE(rank_interval(counting(n), 0.95).has_value()) << n;
    EXPECT_FALSE(median_interval(counting(n)).has_value()) << n;
  }
  EXPECT_TRUE(rank_interval(counting(5), 0.9).has_value());
}

/// In how many of 500 seeded trials `covers` is true.
double coverage(const std::function<bool(std::mt19937_64&)>& covers) {
  std::mt19937_64 random(20260102);
  int covered = 0;
  for (int trial = 0; trial < 500; ++trial) covered += covers(random) ? 1 : 0;
  return covered / 500.0;
}

Values draw(std::mt19937_64& random, std::size_t n, double centre, double spread) {
  std::normal_distribution<double> normal;
  Values values(n);
  for (double& value : values) value = centre * std::exp(spread * normal(random));
  return values;
}

/// Times with a floor and a long tail, as measured ones have; the median is `centre`.
Values draw_skewed(std::mt19937_64& random, std::size_t n, double centre, double spread) {
  std::exponential_distribution<double> exponential;
  Values values(n);
  for (double& value : values) {
    value = centre * std::exp(spread * (exponential(random) - std::log(2.0)));
  }
  return values;
}

TEST(RankInterval, CoversTheMedianAsOftenAsItSays) {
  for (const std::size_t n : {6, 9, 20}) {
    const double share = coverage([&](std::mt19937_64& random) {
      const auto interval = rank_interval(draw_skewed(random, n, 2.0, 0.3), 0.95);
      return interval->low <= 2.0 && 2.0 <= interval->high;
    });
    EXPECT_GE(share, 0.93) << n;
    EXPECT_LE(share, 0.99) << n;
  }
}

TEST(RankInterval, GoesBetweenTheRanksThatHaveMoreThanNeeded) {
  // Of ten values the range from the second has 97.9 %, that from the third 89.1 %.
  const double surplus = (0.978515625 - 0.97) / (0.978515625 - 0.890625);
  const double inward = 8 * surplus / (2 + 6 * surplus);
  const auto interval = rank_interval(counting(10), 0.97);
  EXPECT_NEAR(interval->low, 2 + inward, 1e-12);
  EXPECT_NEAR(interval->high, 9 - inward, 1e-12);
  EXPECT_EQ(interval->confidence, 0.97);
}

TEST(MedianInterval, IsTheRangeOfSixLaunches) {
  const auto interval = median_interval(counting(6));
  EXPECT_EQ(interval->low, 1);
  EXPECT_EQ(interval->high, 6);
  EXPECT_NEAR(interval->confidence, 0.96875, 1e-12);
}

TEST(MedianInterval, IsTheRankIntervalAt97PercentAndSays95) {
  for (const std::size_t n : {7, 8, 10, 30, 100}) {
    const auto interval = median_interval(counting(n)), ranks = rank_interval(counting(n), 0.97);
    EXPECT_EQ(interval->low, ranks->low) << n;
    EXPECT_EQ(interval->high, ranks->high) << n;
    EXPECT_EQ(interval->confidence, 0.95) << n;
  }
}

TEST(RatioOverLaunches, OfACertainDenominatorIsTheIntervalScaled) {
  const Values a{4, 5, 6, 6, 7, 12};
  const Ratio ratio = ratio_over_launches(a, Values(6, 2.0));
  EXPECT_DOUBLE_EQ(ratio.value, 3);
  EXPECT_DOUBLE_EQ(ratio.interval->low, 2);
  EXPECT_DOUBLE_EQ(ratio.interval->high, 6);
  EXPECT_EQ(ratio.interval->confidence, 0.95);
}

TEST(RatioOverLaunches, OfEqualNoiseIsJoinedWithTwiceTheDegreesOfFreedom) {
  // Both ends are a factor of two away.  Tables of Student's t at 98.5 %: of 3 degrees of freedom
  // 3.8960, and of 6 2.8289.
  const Values a{3, 6, 6, 6, 6, 12}, b{1, 2, 2, 2, 2, 4};
  const Ratio ratio = ratio_over_launches(a, b);
  const double reach = 2.8289 / 3.8960 * std::sqrt(2.0) * std::log(2.0);
  EXPECT_DOUBLE_EQ(ratio.value, 3);
  EXPECT_NEAR(ratio.interval->low, 3 * std::exp(-reach), 1e-3);
  EXPECT_NEAR(ratio.interval->high, 3 * std::exp(reach), 1e-3);
}

TEST(RatioOverLaunches, OfOneTimeOnBothSidesIsCertain) {
  const Ratio ratio = ratio_over_launches(Values(6, 3.0), Values(9, 2.0));
  EXPECT_EQ(ratio.interval->low, 1.5);
  EXPECT_EQ(ratio.interval->high, 1.5);
}

TEST(RatioOverLaunches, NeedsSixLaunchesOnEachSideAndPositiveTimes) {
  EXPECT_FALSE(ratio_over_launches(counting(6), counting(5)).interval);
  EXPECT_FALSE(ratio_over_launches(counting(5), counting(6)).interval);
  EXPECT_EQ(ratio_over_launches(counting(5), counting(5)).value, 1);
  EXPECT_THROW(ratio_over_launches(counting(6), Values(6, 0.0)), Error);
  EXPECT_THROW(ratio_over_launches(Values{0, 1, 1, 1, 1, 1}, counting(6)), Error);
  EXPECT_THROW(ratio_over_launches(Values{}, counting(6)), Error);
}

TEST(RankInterval, OfSamplesThatShareTheirLaunchCoversFarTooSeldom) {
  // Why intervals count launches: ten samples of each of six launches are not sixty values.
  const double share = coverage([&](std::mt19937_64& random) {
    Values pooled;
    for (const double launch : draw(random, 6, 1.0, 0.05)) {
      for (const double sample : draw(random, 10, launch, 0.005)) pooled.push_back(sample);
    }
    const auto interval = rank_interval(pooled, 0.95);
    return interval->low <= 1.0 && 1.0 <= interval->high;
  });
  EXPECT_LT(share, 0.8);
}

}  // namespace
}  // namespace scalelaw::harness
