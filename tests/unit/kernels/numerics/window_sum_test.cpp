#include "kernels/numerics/window_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace scalelaw {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double window_sum_of(const std::vector<double>& values) {
  WindowSum sum;
  for (const double x : values) sum.add(x);
  return sum.round();
}

double wild(std::mt19937_64& random, int low, int high) {
  const double mantissa = static_cast<double>(random() >> 11) * 0x1p-53 + 0.5;
  const int exponent = std::uniform_int_distribution<int>(low, high)(random);
  return std::ldexp(random() & 1 ? mantissa : -mantissa, exponent);
}

TEST(WindowSum, OfOneValueIsThatValue) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50000; ++i) {
    const double x = wild(random, -1070, 1024);
    ASSERT_EQ(window_sum_of({x}), x);
  }
  for (const double x : {0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp-1023, -0x1.8p-1040,
                         std::numeric_limits<double>::max(), 0.0, 1.0}) {
    EXPECT_EQ(window_sum_of({x}), x);
  }
}

TEST(WindowSum, IsExactForValuesThatFitTheWindow) {
  std::mt19937_64 random(2);
  for (int trial = 0; trial < 2000; ++trial) {
    const int middle = std::uniform_int_distribution<int>(-1000, 990)(random);
    ExactSum exact;
    WindowSum sum;
    for (int i = 0; i < 50; ++i) {
      const double x = wild(random, middle, middle + 10);
      exact.add(x);
      sum.add(x);
    }
    ASSERT_EQ(sum.round(), exact.round()) << middle;
  }
}

TEST(WindowSum, DoesNotDependOnOrderOrPartition) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    const int spread = trial % 3 == 0 ? 1000 : (trial % 3 == 1 ? 70 : 20);
    std::vector<double> values(200);
    for (double& x : values) x = wild(random, -spread, spread);
    const double expected = window_sum_of(values);
    std::shuffle(values.begin(), values.end(), random);
    WindowSum whole;
    for (std::size_t i = 0; i < values.size();) {
      WindowSum part;
      for (std::size_t n = random() % 60; n > 0 && i < values.size(); --n) part.add(values[i++]);
      whole.merge(part);
    }
    ASSERT_EQ(std::bit_cast<std::uint64_t>(whole.round()), std::bit_cast<std::uint64_t>(expected));
    ExactSum exact;
    whole.add_to(exact);
    ASSERT_EQ(exact.round(), expected);
  }
}

TEST(WindowSum, LosesLessThanItSays) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 300; ++trial) {
    ExactSum error;
    WindowSum sum;
    double largest = 0;
    for (int i = 0; i < 200; ++i) {
      const double x = wild(random, -100, 10);
      largest = std::max(largest, std::fabs(x));
      error.add(-x);
      sum.add(x);
    }
    sum.add_to(error);
    ASSERT_LE(std::fabs(error.round()), 200 * 0x1p-64 * largest);
  }
}

TEST(WindowSum, FollowsTheStandardForInfinityAndNaN) {
  EXPECT_EQ(window_sum_of({infinite, 1.0}), infinite);
  EXPECT_EQ(window_sum_of({1.0, -infinite, 1e300}), -infinite);
  EXPECT_TRUE(std::isnan(window_sum_of({infinite, -infinite})));
  EXPECT_TRUE(std::isnan(window_sum_of({std::nan(""), infinite})));
  EXPECT_EQ(window_sum_of({std::numeric_limits<double>::max(), std::numeric_limits<double>::max()}),
            infinite);
  EXPECT_EQ(window_sum_of({}), 0.0);
}

}  // namespace
}  // namespace scalelaw
