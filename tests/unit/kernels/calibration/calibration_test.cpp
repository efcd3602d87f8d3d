#include "kernels/calibration/calibration.hpp"

#include <gtest/gtest.h>

#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

using K = Calibration;

/// The chains walked step by step, as the kernel's description has them.
std::uint64_t walked(std::uint64_t x, std::int64_t steps) {
  for (; steps > 0; --steps) x = x * 6364136223846793005ULL + 1442695040888963407ULL;
  return x;
}

/// The result of the items of `range`.
K::Result computed(const K::Params& params, Range range) {
  const K::Shared shared = K::prepare(params);
  K::Workspace workspace;
  K::Partial partial;
  K::compute(params, shared, {}, range, workspace, partial);
  return K::finish(params, std::move(partial));
}

TEST(Calibration, WalksOneChainAnItemAndOneForTheSerialPart) {
  const K::Params params{.operations = 1000, .items = 4, .serial_fraction = 0.2, .seed = 3};
  const std::uint64_t start = 3 * 0x9E3779B97F4A7C15ULL;
  std::uint64_t sum = 0;
  for (std::uint64_t item = 0; item < 4; ++item) sum += walked(start + item, 200);
  EXPECT_EQ(computed(params, {0, 4}).sum, sum ^ walked(start - 1, 200));
}

TEST(Calibration, MakesItemsAsUnequalAsItIsTold) {
  // With an imbalance of a half the last of many items is one and a half times the mean, the first
  // half of it.
  const K::Params params{.operations = 100'000, .items = 100, .imbalance = 0.5, .seed = 0};
  const auto is_walked = [&](std::int64_t item, std::int64_t steps) {
    const std::uint64_t serial = walked(static_cast<std::uint64_t>(-1), 0);
    return computed(params, {item, item + 1}).sum ==
           (walked(static_cast<std::uint64_t>(item), steps) ^ serial);
  };
  EXPECT_TRUE(is_walked(0, 505));
  EXPECT_TRUE(is_walked(99, 1495));
  EXPECT_FALSE(is_walked(0, 1000));
}

TEST(Calibration, LosesNoStepWhereItemsDoNotDivideThem) {
  for (const std::int64_t items : {1, 3, 7, 1024, 5000}) {
    for (const double imbalance : {0.0, 0.3, 0.99}) {
      const K::Params params{.operations = 1009,
                             .items = items,
                             .serial_fraction = 0.1,
                             .imbalance = imbalance,
                             .seed = items};
      EXPECT_EQ(K::verify(params, computed(params, {0, items})), "") << items << " " << imbalance;
    }
  }
}

TEST(Calibration, RejectsASumWithoutAnItem) {
  const K::Params params{.operations = 1000, .items = 10};
  EXPECT_NE(K::verify(params, computed(params, {0, 9})), "");
  const K::Params longer{.operations = 1001, .items = 10};
  EXPECT_NE(K::verify(longer, computed(params, {0, 10})), "");
}

TEST(Calibration, IsTheSameWithMergesThatTakeLong) {
  std::mt19937_64 random(5);
  const K::Params params{.operations = 2000, .items = 12, .merge_operations = 50};
  for (const int parts : {1, 2, 5}) {
    const auto ranks = random_split(12, parts, random);
    EXPECT_EQ(K::verify(params, pass_in_parts<K>(params, ranks, random)), "");
  }
}

TEST(Calibration, RefusesFractionsOutsideTheUnitInterval) {
  for (const double bad : {-0.1, 1.0, 2.0}) {
    EXPECT_THROW(K::check({.serial_fraction = bad}), Error);
    EXPECT_THROW(K::check({.imbalance = bad}), Error);
  }
  EXPECT_NO_THROW(K::check({.serial_fraction = 0.999, .imbalance = 0}));
}

}  // namespace
}  // namespace scalelaw
