#include "harness/measure/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "common/error.hpp"

namespace scalelaw {
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
    const auto interval = rank_interval(counting(row.n));
    ASSERT_TRUE(interval.has_value()) << row.n;
    EXPECT_EQ(interval->low, row.rank) << row.n;
    EXPECT_EQ(interval->high, static_cast<double>(row.n) + 1 - row.rank) << row.n;
    EXPECT_NEAR(interval->confidence, row.coverage, 1e-7) << row.n;
  }
}

TEST(RankInterval, DoesNotExistBelowSixValues) {
  for (std::size_t n = 0; n < 6; ++n) EXPECT_FALSE(rank_interval(counting(n)).has_value()) << n;
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
      const auto interval = rank_interval(draw_skewed(random, n, 2.0, 0.3));
      return interval->low <= 2.0 && 2.0 <= interval->high;
    });
    EXPECT_GE(share, 0.93) << n;
    EXPECT_LE(share, 0.99) << n;
  }
}

TEST(RankInterval, OfSamplesThatShareTheirLaunchCoversFarTooSeldom) {
  // Why intervals count launches: ten samples of each of six launches are not sixty values.
  const double share = coverage([&](std::mt19937_64& random) {
    Values pooled;
    for (const double launch : draw(random, 6, 1.0, 0.05)) {
      for (const double sample : draw(random, 10, launch, 0.005)) pooled.push_back(sample);
    }
    const auto interval = rank_interval(pooled);
    return interval->low <= 1.0 && 1.0 <= interval->high;
  });
  EXPECT_LT(share, 0.8);
}

}  // namespace
}  // namespace scalelaw
