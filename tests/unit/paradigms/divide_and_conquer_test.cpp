#include "paradigms/divide_and_conquer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace scalelaw::paradigms {
namespace {

std::vector<std::uint64_t> sorted_input(const DivideAndConquer& params) {
  std::vector<std::uint64_t> numbers(static_cast<std::size_t>(params.length));
  fill_numbers(params.seed, 0, numbers);
  sort_part(numbers);
  return numbers;
}

TEST(DivideAndConquer, HasAnInputThatDependsOnSeedAndPlaceAlone) {
  std::vector<std::uint64_t> whole(100), part(30), other(100);
  fill_numbers(1, 0, whole);
  fill_numbers(1, 50, part);
  fill_numbers(2, 0, other);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 50));
  EXPECT_NE(whole, other);
  EXPECT_FALSE(std::is_sorted(whole.begin(), whole.end()));
}

TEST(DivideAndConquer, MergesParts) {
  const std::vector<std::uint64_t> left{1, 4, 4, 9}, right{2, 4};
  std::vector<std::uint64_t> out(6);
  merge_parts(left, right, out);
  EXPECT_EQ(out, (std::vector<std::uint64_t>{1, 2, 4, 4, 4, 9}));
}

TEST(DivideAndConquer, AcceptsTheSortedInput) {
  for (const std::int64_t length : {1, 2, 1000}) {
    const DivideAndConquer params{.length = length, .seed = 4};
    EXPECT_EQ(fault_of(params, sorted_input(params)), "");
  }
}

TEST(DivideAndConquer, RejectsWhatIsNotSortedOrNotTheInput) {
  const DivideAndConquer params{.length = 100};
  const auto right = sorted_input(params);
  auto swapped = right;
  std::swap(swapped[10], swapped[11]);
  EXPECT_EQ(fault_of(params, swapped), "number 11 is smaller than the one before it");
  auto doubled = right;
  doubled[10] = doubled[11];
  EXPECT_EQ(fault_of(params, doubled), "the sorted numbers are not those of the input");
  auto same_sum = right;
  ++same_sum[10];
  --same_sum[11];
  EXPECT_NE(fault_of(params, same_sum), "");
  EXPECT_NE(fault_of({.length = 100, .seed = 2}, right), "");
  EXPECT_NE(facts_of(same_sum)[3].value, facts_of(right)[3].value);
}

TEST(DivideAndConquer, HasWorkThatGrowsFasterThanItsLength) {
  const auto operations = [](std::int64_t length) {
    return DivideAndConquer::work({.length = length}).operations;
  };
  EXPECT_EQ(operations(1), 1);
  EXPECT_EQ(operations(1024), 10'240);
}

}  // namespace
}  // namespace scalelaw::paradigms
