#include "harness/analysis/numbers.hpp"

#include <gtest/gtest.h>

namespace scalelaw::harness {
namespace {

TEST(Numbers, KeepTheDigitsOfAPercentageThatWasGiven) {
  EXPECT_EQ(exact_percent(0.75), "75 %");
  EXPECT_EQ(exact_percent(0.07), "7 %");
  EXPECT_EQ(exact_percent(0.999), "99.9 %");
  EXPECT_EQ(exact_percent(0.0001), "0.01 %");
}

TEST(Numbers, AlignThreeDigits) {
  EXPECT_EQ(aligned_digits(0.9999), "1.00");
  EXPECT_EQ(aligned_digits(1), "1.00");
  EXPECT_EQ(aligned_digits(0.84), "0.840");
  EXPECT_EQ(aligned_digits(12.34), "12.3");
  EXPECT_EQ(aligned_digits(123.4), "123");
  EXPECT_EQ(aligned_digits(4234), "4230");
  EXPECT_EQ(aligned_digits(2e9), "2.00e+09");
  EXPECT_EQ(aligned_digits(0), "0.00");
}

}  // namespace
}  // namespace scalelaw::harness
