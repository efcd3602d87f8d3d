#include "harness/plan/size.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using Amount = std::function<double(std::int64_t)>;

const std::vector<Amount> amounts{
    [](std::int64_t n) { return static_cast<double>(n); },
    [](std::int64_t n) { return 1e6 + 8.0 * static_cast<double>(n); },
    [](std::int64_t n) { return static_cast<double>(n) * std::log(static_cast<double>(n + 2)); },
    [](std::int64_t n) { return static_cast<double>(n) * static_cast<double>(n); },
    [](std::int64_t n) { return std::sqrt(static_cast<double>(n)); },
    [](std::int64_t n) { return std::ceil(static_cast<double>(n) / 1000) * 1000; },  // stairs
};

TEST(SolveSize, FindsTheNearestSizeFromAnywhere) {
  for (std::size_t which = 0; which < amounts.size(); ++which) {
    const Amount& amount = amounts[which];
    for (const std::int64_t truth : {1, 2, 3, 1000, 123457, 100'000'000}) {
      const double target = amount(truth);
      for (const std::int64_t start : {std::int64_t{1}, truth, 7 * truth}) {
        const std::int64_t found = solve_size(amount, target, start);
        EXPECT_NEAR(amount(found) / target, 1, 1e-8) << which << " " << truth << " " << start;
      }
    }
  }
}

TEST(SolveSize, TakesTheNearerNeighbour) {
  const Amount tens = [](std::int64_t n) { return 10.0 * static_cast<double>(n); };
  EXPECT_EQ(solve_size(tens, 34, 1), 3);
  EXPECT_EQ(solve_size(tens, 36, 100), 4);
  EXPECT_EQ(solve_size(tens, 0.1, 50), 1);
}

TEST(SolveSize, AsksSeldom) {
  int asked = 0;
  const Amount amount = [&](std::int64_t n) {
    ++asked;
    const auto x = static_cast<double>(n);
    return x * std::log(std::log(x + 16));
  };
  solve_size(amount, 64 * amount(1'000'000'000), std::int64_t{64} * 1'000'000'000);
  EXPECT_LT(asked, 20);
}

TEST(SolveSize, SaysThatATargetIsOutOfReach) {
  EXPECT_THROW(solve_size([](std::int64_t) { return 1.0; }, 2, 1), Error);
}

}  // namespace
}  // namespace scalelaw::harness
