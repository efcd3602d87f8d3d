#include "kernels/numerics/exact_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace scalelaw {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double x : values) sum.add(x);
  return sum.round();
}

/// A double of any exponent within +-`spread`, any mantissa, any sign.
double wild(std::mt19937_64& random, int spread) {
  const double mantissa = static_cast<double>(random() >> 11) * 0x1p-53 + 0.5;
  const int exponent = std::uniform_int_distribution<int>(-spread, spread)(random);
  return std::ldexp(random() & 1 ? mantissa : -mantissa, exponent);
}

TEST(ExactSum, OfNothingIsPlusZero) {
  EXPECT_EQ(ExactSum{}.round(), 0.0);
  EXPECT_FALSE(std::signbit(sum_of({-0.0, -0.0})));
}

TEST(ExactSum, OfOneValueIsThatValue) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const double x = wild(random, 1060);
    EXPECT_EQ(sum_of({x}), x);
  }
  for (const double x :
       {std::numeric_limits<double>::denorm_min(), 0x1p-1022, 0x1.fffffffffffffp-1023,
        std::numeric_limits<double>::max(), -0x1p-1074, 1.0, -1.0}) {
    EXPECT_EQ(sum_of({x}), x);
  }
}

TEST(ExactSum, KeepsWhatRoundingWouldLose) {
  EXPECT_EQ(sum_of({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(sum_of({1e300, 1e-300, 1.0, -1e300, -1.0}), 1e-300);
  EXPECT_EQ(sum_of({std::numeric_limits<double>::max(), std::numeric_limits<double>::max(),
                    -std::numeric_limits<double>::max()}),
            std::numeric_limits<double>::max());
}

TEST(ExactSum, RoundsTiesToEvenAndOnlyTies) {
  EXPECT_EQ(sum_of({1.0, 0x1p-53}), 1.0);
  EXPECT_EQ(sum_of({1.0, 0x1p-53, 0x1p-1074}), 1.0 + 0x1p-52);
  EXPECT_EQ(sum_of({1.0, 0x1p-53, -0x1p-1074}), 1.0);
  EXPECT_EQ(sum_of({1.0 + 0x1p-52, 0x1p-53}), 1.0 + 0x1p-51);
  EXPECT_EQ(sum_of({-1.0, -0x1p-53, -0x1p-1074}), -1.0 - 0x1p-52);
  EXPECT_EQ(sum_of({0x1.fffffffffffffp0, 0x1p-53}), 2.0);
  EXPECT_EQ(sum_of({0x1p-1074, 0x1p-1074}), 0x1p-1073);
}

TEST(ExactSum, OfTwoValuesIsWhatTheProcessorRounds) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const double a = wild(random, 40), b = wild(random, 40);
    ASSERT_EQ(sum_of({a, b}), a + b) << a << " " << b;
  }
}

TEST(ExactSum, FollowsTheStandardPastTheLargestNumber) {
  EXPECT_EQ(sum_of({std::numeric_limits<double>::max(), 0x1p970}), infinity);
  EXPECT_EQ(sum_of({std::numeric_limits<double>::max(), 0x1p969}),
            std::numeric_limits<double>::max());
  EXPECT_EQ(sum_of({infinity, -1e308}), infinity);
  EXPECT_EQ(sum_of({1.0, -infinity}), -infinity);
  EXPECT_TRUE(std::isnan(sum_of({infinity, -infinity})));
  EXPECT_TRUE(std::isnan(sum_of({1.0, nan})));
}

TEST(ExactSum, DoesNotDependOnOrderOrPartition) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> values(3000);
    for (double& x : values) x = wild(random, trial < 25 ? 60 : 1000);
    for (int i = 0; i < 1500; ++i) values.push_back(-values[i]);
    const double expected = sum_of(values);
    std::shuffle(values.begin(), values.end(), random);
    ExactSum whole;
    for (std::size_t i = 0; i < values.size();) {
      ExactSum part;
      for (std::size_t n = random() % 700; n > 0 && i < values.size(); --n) part.add(values[i++]);
      whole.merge(part);
      if (random() % 4 == 0) whole.merge(ExactSum{});
    }
    EXPECT_EQ(std::bit_cast<std::uint64_t>(whole.round()), std::bit_cast<std::uint64_t>(expected));
  }
}

TEST(ExactSum, AgreesWithWholeNumbers) {
  std::mt19937_64 random(4);
  std::int64_t expected = 0;
  ExactSum sum;
  for (int i = 0; i < 100000; ++i) {
    const auto x = static_cast<std::int64_t>(random() >> 28) - (std::int64_t{1} << 35);
    expected += x;
    sum.add(static_cast<double>(x));
  }
  EXPECT_EQ(sum.round(), static_cast<double>(expected));
}

// Sums grow far beyond the chunks that their values touched, up and, for negative ones, down.
TEST(ExactSum, GrowsBeyondItsValues) {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 2000; ++trial) {
    const double x = wild(random, 900);
    ExactSum sum;
    sum.add(x);
    for (int doubled = 1; doubled <= 100; ++doubled) {
      sum.merge(ExactSum(sum));
      ASSERT_EQ(sum.round(), std::ldexp(x, doubled));
    }
    sum.add(-std::ldexp(x, 100));
    EXPECT_EQ(sum.round(), 0.0);
    sum.add(std::copysign(0x1p-1074, -x));
    EXPECT_EQ(sum.round(), std::copysign(0x1p-1074, -x));
  }
}

TEST(ExactSum, OfManyLargeMantissasIsWhole) {
  constexpr double x = 0x1.fffffffffffffp52;  // 2^53 - 1
  for (const double sign : {1.0, -1.0}) {
    ExactSum sum, merged;
    for (int i = 0; i < 4096; ++i) {
      sum.add(sign * x);
      ExactSum one;
      one.add(sign * x);
      merged.merge(one);
    }
    EXPECT_EQ(sum.round(), sign * x * 4096);
    merged.merge(sum);
    EXPECT_EQ(merged.round(), sign * x * 8192);
  }
}

TEST(ExactSum, TakesDigits) {
  ExactSum sum;
  sum.add_digit(std::int64_t{-5} << 40, 33);  // 2^(32 * 33 - 1074) = 2^-18
  EXPECT_EQ(sum.round(), -5 * 0x1p22);
  sum.add_digit(std::int64_t{5} << 8, 34);
  EXPECT_EQ(sum.round(), 0.0);
}

}  // namespace
}  // namespace scalelaw
