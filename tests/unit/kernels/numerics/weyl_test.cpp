#include "kernels/numerics/weyl.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace scalelaw {
namespace {

TEST(Weyl, SumsAreKnownInClosedForm) {
  for (const std::uint32_t step : {golden_step, root_step}) {
    const Weyl weyl{step, weyl_start(7, 3)};
    std::int64_t sum = 0;
    for (std::int64_t n = 0; n < 20000; ++n) {
      ASSERT_EQ(weyl_sum(weyl, n), sum);
      sum += weyl_units(weyl, n);
    }
    // Whole periods, and a part of one.
    const std::int64_t period = std::int64_t{1} << 32;
    const std::int64_t of_period = ((std::int64_t{1} << 20) - 1) * (std::int64_t{1} << 31);
    EXPECT_EQ(weyl_sum(weyl, period), of_period);
    EXPECT_EQ(weyl_sum(weyl, 3 * period + 19999), 3 * of_period + sum - weyl_units(weyl, 19999));
    EXPECT_EQ(weyl_units(weyl, period + 5), weyl_units(weyl, 5));
  }
}

TEST(Weyl, NeighboursDiffer) {
  for (const std::uint32_t step : {golden_step, root_step}) {
    std::vector<std::int64_t> values;
    for (std::int64_t n = 0; n < 300'000; ++n) values.push_back(weyl_units({step, 12345}, n));
    std::sort(values.begin(), values.end());
    EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
  }
}

TEST(Weyl, StartsDependOnSeedAndStream) {
  EXPECT_NE(weyl_start(1, 3), weyl_start(1, 4));
  EXPECT_NE(weyl_start(1, 3), weyl_start(2, 3));
}

}  // namespace
}  // namespace scalelaw
