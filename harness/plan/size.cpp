#include "harness/plan/size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

struct Guess {
  std::int64_t n = 0;
  double amount = 0;
};

constexpr std::int64_t largest = std::int64_t{1} << 62;

bool near(double amount, double target) {
  return std::abs(amount - target) <= 1e-9 * target;
}

/// The next point inside a bracket: where a straight line through its ends meets the target.  Every
/// third turn it is the bracket's middle, so that a curved function cannot stall the search.
std::int64_t between(const Guess& low, const Guess& high, double target, int turn) {
  const double width = static_cast<double>(high.n - low.n);
  const double rise = high.amount - low.amount;
  const double share = turn % 3 == 2 || !(rise > 0) ? 0.5 : (target - low.amount) / rise;
  const auto step = static_cast<std::int64_t>(std::llround(share * width));
  return std::clamp(low.n + step, low.n + 1, high.n - 1);
}

}  // namespace

std::int64_t solve_size(const std::function<double(std::int64_t)>& amount, double target,
                        std::int64_t start) {
  const auto at = [&](std::int64_t n) { return Guess{n, amount(n)}; };
  Guess guess = at(std::clamp<std::int64_t>(start, 1, largest));
  Guess low = guess, high = guess;
  while (high.amount < target && !near(high.amount, target)) {
    low = high;
    if (high.n > largest / 2) {
      throw Error(fmt::format("no size gives {:g} operations", target), "ask for less work");
    }
    high = at(high.n * 2);
  }
  while (low.amount > target && low.n > 1 && !near(low.amount, target)) {
    high = low;
    low = at(std::max<std::int64_t>(1, low.n / 2));
  }
  for (int turn = 0; high.n - low.n > 1; ++turn) {
    if (near(low.amount, target)) return low.n;
    if (near(high.amount, target)) return high.n;
    const Guess middle = at(between(low, high, target, turn));
    (middle.amount < target ? low : high) = middle;
  }
  return std::abs(low.amount - target) <= std::abs(high.amount - target) ? low.n : high.n;
}

}  // namespace scalelaw::harness
