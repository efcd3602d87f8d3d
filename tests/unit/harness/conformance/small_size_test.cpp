#include "harness/conformance/small_size.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace scalelaw::harness {
namespace {

using nlohmann::json;

json work(double operations, double bytes = 0) {
  return {{"operations", operations}, {"resident_bytes", bytes}};
}

TEST(SmallSize, IsTheLargestPowerOfTenWithFewOperations) {
  const auto linear = [](std::int64_t size) { return work(static_cast<double>(size)); };
  EXPECT_EQ(small_size(100'000'000, linear), 100'000);
  const auto cubic = [](std::int64_t size) {
    const auto n = static_cast<double>(size);
    return work(n * n * n);
  };
  EXPECT_EQ(small_size(5000, cubic), 10);
}

TEST(SmallSize, CountsMemoryToo) {
  const auto heavy = [](std::int64_t size) { return work(1, 1e6 * static_cast<double>(size)); };
  EXPECT_EQ(small_size(1'000'000, heavy), 10);
}

TEST(SmallSize, NeverExceedsTheUsualOne) {
  const auto nothing = [](std::int64_t) { return work(1); };
  EXPECT_EQ(small_size(70, nothing), 10);
  EXPECT_EQ(small_size(1, nothing), 1);
  EXPECT_EQ(small_size(0, nothing), std::nullopt);
}

TEST(SmallSize, IsOneThatTheDriverAccepts) {
  const auto from_1000 = [](std::int64_t size) { return size < 1000 ? json() : work(1e9); };
  EXPECT_EQ(small_size(1'000'000, from_1000), 1000);
  const auto never = [](std::int64_t) { return json(); };
  EXPECT_EQ(small_size(1'000'000, never), std::nullopt);
}

TEST(SmallSize, AsksForFewSizes) {
  int asked = 0;
  small_size(std::numeric_limits<std::int64_t>::max(), [&](std::int64_t size) {
    ++asked;
    return work(static_cast<double>(size));
  });
  EXPECT_LE(asked, 5);
}

}  // namespace
}  // namespace scalelaw::harness
