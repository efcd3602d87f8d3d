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

/// How many of n launches median_interval() cuts at each end, plus one.
std::size_t lower_rank(std::size_t n) {
  return static_cast<std::size_t>(median_interval(counting(n))->low);
}

/// The chance that the intervals of all looks from `first` to `last` launches hold the median at
/// once, exactly: that a walk, the number of launches below the median, stays inside them all.
double chance_of_all(std::size_t first, std::size_t last,
                     const std::function<std::size_t(std::size_t)>& rank) {
  Values chance(last + 2, 0);
  chance[0] = 1;
  for (std::size_t n = 1; n <= last; ++n) {
    for (std::size_t below = n; below > 0; --below) {
      chance[below] = (chance[below] + chance[below - 1]) / 2;
    }
    chance[0] /= 2;
    if (n < first) continue;
    const std::size_t j = rank(n);
    for (std::size_t below = 0; below <= n; ++below) {
      if (below < j || below > n - j) chance[below] = 0;
    }
  }
  return std::accumulate(chance.begin(), chance.end(), 0.0);
}

TEST(MedianInterval, HoldsAtAllLooksTogether) {
  EXPECT_NEAR(chance_of_all(first_look, 30, lower_rank), 0.9726, 0.0001);
  EXPECT_GE(chance_of_all(first_look, 100, lower_rank), 0.95);
  EXPECT_GE(chance_of_all(first_look, 500, lower_rank), 0.95);
}

TEST(MedianInterval, IsNeededBecauseOrdinaryOnesDoNotHoldTogether) {
  const auto ordinary = [](std::size_t n) {
    return static_cast<std::size_t>(rank_interval(counting(n))->low);
  };
  EXPECT_LT(chance_of_all(6, 30, ordinary), 0.87);
}

TEST(MedianInterval, IsTheOrdinaryOneBeforeTheFirstLook) {
  EXPECT_FALSE(median_interval(counting(5)));
  EXPECT_EQ(median_interval(counting(6))->low, 1);
  EXPECT_NEAR(median_interval(counting(6))->confidence, 0.96875, 1e-9);
  EXPECT_EQ(lower_rank(7), 1U);
  EXPECT_EQ(lower_rank(8), 1U);
  EXPECT_EQ(lower_rank(12), 2U);
  EXPECT_EQ(lower_rank(30), 8U);
  EXPECT_EQ(median_interval(counting(30))->confidence, 0.95);
}

TEST(RatioOfMedians, AddsTheSquaresOfTheLogarithmsOfTheEnds) {
  const Ratio above{6, Interval{3, 24, 0.95}}, below{2, Interval{1, 4, 0.97}};
  const Ratio ratio = ratio_of_medians(above, below);
  const double two = std::log(2.0);
  EXPECT_DOUBLE_EQ(ratio.value, 3);
  EXPECT_DOUBLE_EQ(ratio.interval->low, 3 * std::exp(-std::hypot(two, two)));
  EXPECT_DOUBLE_EQ(ratio.interval->high, 3 * std::exp(std::hypot(2 * two, two)));
  EXPECT_EQ(ratio.interval->confidence, 0.95);
  EXPECT_FALSE(ratio_of_medians(above, {2, {}}).interval);
  EXPECT_THROW(ratio_of_medians(above, {0, {}}), Error);
}

TEST(RatioOfMedians, OfACertainDenominatorIsTheIntervalScaled) {
  const Ratio ratio = ratio_of_medians({6, Interval{3, 24, 0.95}}, {2, Interval{2, 2, 0.95}});
  EXPECT_DOUBLE_EQ(ratio.interval->low, 1.5);
  EXPECT_DOUBLE_EQ(ratio.interval->high, 12);
}

TEST(RatioOverLaunches, JoinsTheRangesOfSixLaunches) {
  const Values a{4, 5, 6, 6, 7, 12}, b{1, 2, 2, 2, 2, 4};
  const Ratio ratio = ratio_over_launches(a, b);
  const Ratio again = ratio_of_medians({6, Interval{4, 12, 0.97}}, {2, Interval{1, 4, 0.97}});
  EXPECT_EQ(ratio.value, 3);
  EXPECT_DOUBLE_EQ(ratio.interval->low, again.interval->low);
  EXPECT_DOUBLE_EQ(ratio.interval->high, again.interval->high);
  EXPECT_EQ(ratio.interval->confidence, 0.95);
  EXPECT_FALSE(ratio_over_launches(a, counting(5)).interval);
}

TEST(RatioOverLaunches, GoesBetweenTheRanksThatHaveMoreThanNeeded) {
  // Of ten values the range from the second has 97.9 %, that from the third 89.1 %.
  const double surplus = (0.978515625 - 0.97) / (0.978515625 - 0.890625);
  const double inward = 8 * surplus / (2 + 6 * surplus);
  const Ratio ratio = ratio_over_launches(counting(10), Values(10, 1.0));
  EXPECT_NEAR(ratio.interval->low, 2 + inward, 1e-12);
  EXPECT_NEAR(ratio.interval->high, 9 - inward, 1e-12);
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
}  // namespace scalelaw::harness
