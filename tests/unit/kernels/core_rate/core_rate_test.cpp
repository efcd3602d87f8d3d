#include "kernels/core_rate/core_rate.hpp"

#include <gtest/gtest.h>

#include "kernels/core_rate/rate_path.hpp"
#include "support/each_isa.hpp"
#include "support/split_passes.hpp"

namespace scalelaw {
namespace {

constexpr std::array rates{Rate::add, Rate::multiply_add, Rate::convert, Rate::popcount,
                           Rate::update};
static_assert(rates.size() == enum_names(Rate{}).size());

TEST(CoreRate, GivesTheKnownSumInEveryPartitionAndInstructionSet) {
  for_each_isa([](Isa) {
    std::mt19937_64 random(1);
    for (const Rate rate : rates) {
      for (const std::int64_t operations : {std::int64_t{1}, rate_item, 300 * rate_item + 1}) {
        const CoreRate::Params params{.rate = rate, .operations = operations};
        const auto ranks = random_split(CoreRate::items(params), 2, random);
        const auto result = pass_in_parts<CoreRate>(params, ranks, random);
        EXPECT_EQ(CoreRate::verify(params, result), "") << to_string(rate);
      }
    }
  });
}

/// One is counted in each operation that adds ones.
TEST(CoreRate, CountsOnesAndNoticesWhatWasNotDone) {
  CoreRate::Workspace workspace;
  for (const Rate rate : rates) {
    const CoreRate::Params params{.rate = rate, .operations = 2 * rate_item};
    CoreRate::Partial partial;
    CoreRate::compute(params, {}, {}, {1, 2}, workspace, partial);
    EXPECT_NE(CoreRate::verify(params, {partial.sum}), "") << to_string(rate);
    CoreRate::compute(params, {}, {}, {0, 1}, workspace, partial);
    EXPECT_EQ(CoreRate::verify(params, {partial.sum}), "") << to_string(rate);
    const bool ones = rate != Rate::convert && rate != Rate::popcount;
    if (ones) {
      EXPECT_EQ(partial.sum, 2U * rate_item) << to_string(rate);
    }
  }
}

TEST(CoreRate, StatesTheFlopsOfItsOperations) {
  const auto flops = [](Rate rate) {
    return CoreRate::work({.rate = rate, .operations = rate_item}).flops;
  };
  EXPECT_EQ(flops(Rate::add), rate_item);
  EXPECT_EQ(flops(Rate::multiply_add), 2 * rate_item);
  EXPECT_EQ(flops(Rate::convert), 0);
}

}  // namespace
}  // namespace scalelaw
