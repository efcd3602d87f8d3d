#include "kernels/numerics/floor_sum.hpp"

#include <gtest/gtest.h>

#include <random>

namespace scalelaw {
namespace {

TEST(FloorSum, IsTheSum) {
  std::mt19937_64 random(1);
  for (int trial = 0; trial < 300; ++trial) {
    const std::uint64_t n = random() % 500, m = 1 + random() % 1000;
    const std::uint64_t a = random() % 5000, b = random() % 5000;
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < n; ++i) expected += (a * i + b) / m;
    EXPECT_EQ(floor_sum(n, m, a, b), expected);
  }
}

}  // namespace
}  // namespace scalelaw
