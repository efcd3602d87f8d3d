#include "harness/statistics/bimodality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using Values = std::vector<double>;

/// The greatest convex function below the points (x[i], y[i]), at x[at]: the lowest chord over it.
double convex_below(const Values& x, const Values& y, std::size_t at) {
  double lowest = y[at];
  for (std::size_t a = 0; a < at; ++a) {
    for (std::size_t b = at + 1; b < x.size(); ++b) {
      lowest = std::min(lowest, y[a] + (y[b] - y[a]) * (x[at] - x[a]) / (x[b] - x[a]));
    }
  }
  return lowest;
}

/// How far above its own convex minorant the distribution function of x[0 ... mode] rises before
/// the mode, in counts.
double rise(const Values& x, std::size_t mode) {
  const Values left(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(mode) + 1);
  Values before(left.size());
  for (std::size_t i = 0; i < before.size(); ++i) before[i] = static_cast<double>(i);
  double most = 1;
  for (std::size_t i = 0; i < mode; ++i) {
    most = std::max(most, static_cast<double>(i + 1) - convex_below(left, before, i));
  }
  return most;
}

/// The lowest that a convex function can be just before x[mode] when it stays within `distance`
/// counts of the distribution function before the mode: the steepest line that it is forced to.
double forced_height(const Values& x, std::size_t mode, double distance) {
  double height = static_cast<double>(mode) - distance;
  for (std::size_t i = 0; i < mode; ++i) {
    for (std::size_t j = i + 1; j < mode; ++j) {
      const double low = static_cast<double>(j + 1) - distance;
      const double rises = low - (static_cast<double>(i) + distance);
      height = std::max(height, low + rises * (x[mode] - x[j]) / (x[j] - x[i]));
    }
  }
  return height;
}

/// The least distance of a unimodal distribution function with its mode at x[mode], in counts: each
/// side fits on its own (the right one mirrored), and the left one ends no higher than the right
/// one begins.
double distance_with_mode(const Values& x, const Values& mirrored, std::size_t mode) {
  const auto n = static_cast<double>(x.size());
  const std::size_t other = x.size() - 1 - mode;
  double low = std::max(rise(x, mode), rise(mirrored, other)) / 2, high = n;
  const auto meet = [&](double distance) {
    return forced_height(x, mode, distance) <= n - forced_height(mirrored, other, distance) + 1e-12;
  };
  if (meet(low)) return low;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (meet(middle) ? high : low) = middle;
  }
  return high;
}

/// The dip by its definition: the best of all modes.
double dip_by_definition(Values x) {
  std::sort(x.begin(), x.end());
  Values mirrored(x.rbegin(), x.rend());
  for (double& value : mirrored) value = -value;
  double best = static_cast<double>(x.size());
  for (std::size_t mode = 0; mode < x.size(); ++mode) {
    best = std::min(best, distance_with_mode(x, mirrored, mode));
  }
  return best / static_cast<double>(x.size());
}

TEST(Dip, IsWhatItsDefinitionSays) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t n = 2 + random() % 20;
    Values x(n);
    for (double& value : x) value = normal(random) + (trial % 3 == 0 && random() % 2 ? 5 : 0);
    ASSERT_NEAR(dip(x), dip_by_definition(x), 1e-9) << "trial " << trial << ", n = " << n;
  }
}

TEST(Dip, HasItsLimits) {
  EXPECT_DOUBLE_EQ(dip(Values{1, 2, 3, 4, 5, 6, 7, 8}), 1.0 / 16);
  EXPECT_DOUBLE_EQ(dip(Values{3}), 0.5);
  EXPECT_DOUBLE_EQ(dip(Values{3, 3, 3, 3}), 0.125);
  Values two(50, 1.0);
  two.resize(100, 2.0);
  EXPECT_NEAR(dip(two), 0.25, 1e-9);
  EXPECT_THROW(static_cast<void>(dip(Values{})), Error);
}

TEST(DipPValue, FallsAsTheDipGrows) {
  EXPECT_GT(dip_p_value(0.03, 20), 0.9);
  EXPECT_LT(dip_p_value(0.2, 20), 0.002);
}

Values times(std::mt19937_64& random, std::size_t n, double spread, double share_of_second,
             double second) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  Values values(n);
  for (double& value : values) {
    value = (uniform(random) < share_of_second ? second : 1.0) * std::exp(spread * normal(random));
  }
  return values;
}

int found(std::size_t n, double spread, double share, double second) {
  std::mt19937_64 random(9);
  int count = 0;
  for (int trial = 0; trial < 40; ++trial) {
    count += find_two_centres(times(random, n, spread, share, second), 0.04).has_value();
  }
  return count;
}

TEST(FindTwoCentres, FindsThem) {
  EXPECT_GE(found(60, 0.01, 0.5, 1.3), 39);
  EXPECT_GE(found(60, 0.01, 0.3, 1.2), 36);
  std::mt19937_64 random(3);
  const auto centres = find_two_centres(times(random, 200, 0.01, 0.5, 1.3), 0.04);
  ASSERT_TRUE(centres.has_value());
  EXPECT_NEAR(centres->low, 1.0, 0.01);
  EXPECT_NEAR(centres->high, 1.3, 0.01);
  EXPECT_LE(centres->p_value, 0.01);
}

TEST(FindTwoCentres, DoesNotFindThemInOne) {
  EXPECT_LE(found(60, 0.01, 0, 1), 1);
  EXPECT_LE(found(60, 0.3, 0, 1), 1);  // wide, but one centre
  EXPECT_LE(found(12, 0.3, 0, 1), 1);
  EXPECT_EQ(found(60, 0.001, 0.5, 1.02), 0);  // two, but too near to matter
}

TEST(FindTwoCentres, IsNotMisledByALongTailOrAnOutlier) {
  std::mt19937_64 random(4);
  std::exponential_distribution<double> tail;
  int count = 0;
  for (int trial = 0; trial < 40; ++trial) {
    Values values(60);
    for (double& value : values) value = 1 + 0.2 * tail(random);
    values[7] = 9;
    count += find_two_centres(values, 0.04).has_value();
  }
  EXPECT_LE(count, 1);
}

}  // namespace
}  // namespace scalelaw::harness
