// Do the intervals that are printed hold the truth as often as they say, in the way that they are
// used: of points that the campaign's own rule ended and called converged?  Seeded, so the counts
// never change.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "harness/measure/verdict.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// Of each kind; the sweep of the tests labelled long has more.
const int points = std::getenv("SCALELAW_EXHAUSTIVE") == nullptr ? 1500 : 20000;
constexpr double truth_s = 1;

/// How a point's launches stray: the logarithm of their time, with median 0, in units in which the
/// quartiles are as far apart as those of a normal distribution.
enum class Shape { normal, exponential, gamma, outliers };
constexpr const char* shape_names[] = {"normal", "exponential", "gamma", "outliers"};

double drawn(std::mt19937_64& random, Shape shape) {
  std::normal_distribution<double> normal;
  switch (shape) {
    case Shape::normal:
      return normal(random);
    case Shape::exponential:  // as of times that have a floor
      return (std::exponential_distribution<double>()(random) - std::log(2.0)) / 0.8145;
    case Shape::gamma:
      return (std::gamma_distribution<double>(2)(random) - 1.67835) / 1.2839;
    case Shape::outliers:  // one launch in ten is slow
      return (normal(random) + (random() % 10 == 0 ? 5 : 0) - 0.13955) / 1.1537;
  }
  return 0;
}

/// The times of points that were called converged.
struct Pool {
  std::vector<std::vector<double>> times_s;
  int launched = 0;

  [[nodiscard]] double share() const {
    return static_cast<double>(times_s.size()) / static_cast<double>(launched);
  }
};

Measuring measuring_up_to(std::int64_t launches_max) {
  Measuring measuring;
  measuring.launches_max = launches_max;
  measuring.budget_s = 1e9;
  return measuring;
}

/// Equal points, launched for as long as the verdict asks for more.
Pool converged(Shape shape, double noise, std::int64_t launches_max, std::uint64_t seed) {
  const Measuring measuring = measuring_up_to(launches_max);
  std::mt19937_64 random(seed);
  Pool pool;
  for (; pool.launched < points; ++pool.launched) {
    Tally tally;
    while (needs_launch(tally, measuring)) {
      Sample sample;
      sample.total_s = truth_s * std::exp(noise * drawn(random, shape));
      tally.add(Launch{}, std::span(&sample, 1));
    }
    if (state_of(tally, measuring) == State::converged) {
      pool.times_s.push_back(repetitions_s(tally.times));
    }
  }
  return pool;
}

/// Counts intervals that hold the truth when their ends are drawn to the value by `narrowed`.
struct Count {
  double narrowed = 1;
  int held = 0, all = 0;

  void add(double value, const std::optional<Interval>& interval, double truth) {
    ASSERT_TRUE(interval);
    held += value - narrowed * (value - interval->low) <= truth &&
            truth <= value + narrowed * (interval->high - value);
    ++all;
  }
  [[nodiscard]] double share() const { return static_cast<double>(held) / all; }
  /// Three standard errors of the share.
  [[nodiscard]] double error() const { return 3 * std::sqrt(0.95 * 0.05 / all); }
  [[nodiscard]] bool is_honest() const {
    return share() >= 0.93 - error() && share() <= 0.97 + error();
  }
};

Count of_medians(const Pool& pool, double narrowed = 1) {
  Count count{narrowed};
  for (const auto& times_s : pool.times_s) {
    count.add(median(times_s), median_interval(times_s), truth_s);
  }
  return count;
}

Count of_ratios(const Pool& above, const Pool& below, double narrowed = 1) {
  Count count{narrowed};
  const std::size_t pairs = std::min(above.times_s.size(), below.times_s.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const Ratio ratio = ratio_over_launches(above.times_s[i], below.times_s[i]);
    count.add(ratio.value, ratio.interval, 1);
  }
  return count;
}

/// The noise with which half to most of the points converge within 2 %; with 30 launches, 80 %.
double noisy(std::int64_t launches_max) {
  return launches_max == 6 ? 0.012 : launches_max == 10 ? 0.015 : 0.034;
}

constexpr Shape all_shapes[] = {Shape::normal, Shape::exponential, Shape::gamma, Shape::outliers};

class ConvergedCoverage : public testing::TestWithParam<std::int64_t> {};

TEST_P(ConvergedCoverage, OfMedians) {
  for (const Shape shape : all_shapes) {
    for (const double noise : {0.003, noisy(GetParam())}) {
      const Pool pool = converged(shape, noise, GetParam(), 1);
      SCOPED_TRACE(testing::Message() << shape_names[static_cast<int>(shape)] << " " << noise
                                      << ", converged: " << pool.share());
      EXPECT_GE(pool.share(), 0.45) << "too noisy to tell";
      const Count count = of_medians(pool);
      EXPECT_TRUE(count.is_honest()) << count.share();
    }
  }
}

TEST_P(ConvergedCoverage, OfRatiosOfEqualAndUnequalNoiseAndShape) {
  const double most = noisy(GetParam());
  const Pool symmetric = converged(Shape::normal, most, GetParam(), 2);
  for (const Shape shape : all_shapes) {
    for (const double noise : {most, most / 4}) {
      const Pool pool = converged(shape, noise, GetParam(), 3);
      SCOPED_TRACE(testing::Message() << shape_names[static_cast<int>(shape)] << " " << noise
                                      << ", converged: " << pool.share());
      const Count below = of_ratios(symmetric, pool), above = of_ratios(pool, symmetric);
      EXPECT_TRUE(below.is_honest()) << below.share();
      EXPECT_TRUE(above.is_honest()) << above.share();
    }
  }
}

TEST_P(ConvergedCoverage, OfRatiosOfQuietPoints) {
  const Pool symmetric = converged(Shape::normal, 0.003, GetParam(), 4);
  for (const Shape shape : all_shapes) {
    for (const double noise : {0.003, 0.00075}) {
      const Count count = of_ratios(symmetric, converged(shape, noise, GetParam(), 5));
      EXPECT_TRUE(count.is_honest())
          << shape_names[static_cast<int>(shape)] << " " << noise << " " << count.share();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Launches, ConvergedCoverage, testing::Values(6, 10, 30),
                         [](const auto& test) { return "UpTo" + std::to_string(test.param); });

/// Points that have a number of launches whatever they show.
Pool fixed(Shape shape, double noise, std::int64_t launches, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Pool pool;
  for (; pool.launched < points; ++pool.launched) {
    auto& times_s = pool.times_s.emplace_back(static_cast<std::size_t>(launches));
    for (double& time_s : times_s) time_s = truth_s * std::exp(noise * drawn(random, shape));
  }
  return pool;
}

class FixedConvergedCoverage : public testing::TestWithParam<std::int64_t> {};

TEST_P(FixedConvergedCoverage, OfMediansAndRatios) {
  const Pool symmetric = fixed(Shape::normal, 0.1, GetParam(), 9);
  for (const Shape shape : all_shapes) {
    for (const double noise : {0.1, 0.025, 0.005}) {
      SCOPED_TRACE(testing::Message() << shape_names[static_cast<int>(shape)] << " " << noise);
      const Pool pool = fixed(shape, noise, GetParam(), 10);
      const Count alone = of_medians(pool), below = of_ratios(symmetric, pool);
      EXPECT_TRUE(alone.is_honest()) << alone.share();
      EXPECT_TRUE(below.is_honest()) << below.share();
      const Count alike = of_ratios(pool, fixed(shape, noise, GetParam(), 11));
      EXPECT_TRUE(alike.is_honest()) << alike.share();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Launches, FixedConvergedCoverage, testing::Values(6, 8, 10, 30),
                         [](const auto& test) { return std::to_string(test.param); });

/// What the rule cannot do: where hardly any point converges, those that do are the lucky ones.
/// docs/methodology.md says so.
TEST(ConvergedCoverageLimit, IsLessWhereFewPointsConverge) {
  const Pool pool = converged(Shape::normal, 0.025, 6, 6);
  EXPECT_LE(pool.share(), 0.25);
  EXPECT_LT(of_medians(pool).share(), 0.92);
}

TEST(ConvergedCoverageNegativeControl, FindsIntervalsThatAreTooNarrowOrTooWide) {
  const Pool pool = converged(Shape::normal, 0.01, 30, 7);
  const Pool other = converged(Shape::normal, 0.01, 30, 8);
  EXPECT_TRUE(of_medians(pool).is_honest());
  EXPECT_FALSE(of_medians(pool, 0.6).is_honest());
  EXPECT_FALSE(of_medians(pool, 1.5).is_honest());
  EXPECT_TRUE(of_ratios(pool, other).is_honest());
  EXPECT_FALSE(of_ratios(pool, other, 0.6).is_honest());
  EXPECT_FALSE(of_ratios(pool, other, 1.5).is_honest());
}

}  // namespace
}  // namespace scalelaw::harness
