#include "harness/statistics/change_points.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

const bool thorough = std::getenv("SCALELAW_EXHAUSTIVE") != nullptr;

/// Lines of noise with standard deviation `noise`, half of which the lines of a campaign share.
class Lines {
 public:
  explicit Lines(std::uint64_t seed) : random_(seed) {}

  using Draw = std::function<double(std::mt19937_64&)>;

  std::vector<Line> draw(std::size_t lines, std::size_t campaigns, double noise,
                         const Draw& shape = normal) {
    std::vector<Line> out(lines);
    for (std::size_t c = 0; c < campaigns; ++c) {
      const double common = shape(random_);
      for (Line& line : out) {
        line.at.push_back(c);
        line.value.push_back(noise * std::sqrt(0.5) * (common + shape(random_)));
      }
    }
    return out;
  }

  static double normal(std::mt19937_64& random) {
    return std::normal_distribution<double>()(random);
  }
  static double heavy_tailed(std::mt19937_64& random) {
    return std::student_t_distribution<double>(3)(random);
  }
  static double skewed(std::mt19937_64& random) {
    return std::exponential_distribution<double>()(random);
  }
  static double with_outliers(std::mt19937_64& random) {
    return normal(random) + (std::bernoulli_distribution(0.05)(random) ? 8 : 0);
  }

 private:
  std::mt19937_64 random_;
};

const double five_percent = std::log(1.05);

void add_step(Line& line, std::size_t first, double size) {
  for (std::size_t i = first; i < line.value.size(); ++i) line.value[i] += size;
}

bool is_unchanged(const std::vector<Changes>& all) {
  return std::all_of(all.begin(), all.end(), [](const Changes& changes) {
    return changes.steps.empty() && !changes.trend_p_value;
  });
}

/// The positions of a line's steps.
std::vector<std::size_t> places(const Changes& changes) {
  std::vector<std::size_t> out;
  for (const Step& step : changes.steps) out.push_back(step.first);
  return out;
}

/// The false alarms are those of histories of four points and thirty campaigns each.
int false_alarms(const Lines::Draw& shape, int histories) {
  Lines lines(11);
  int alarms = 0;
  for (int i = 0; i < histories; ++i) {
    alarms += is_unchanged(find_changes(lines.draw(4, 30, 0.01, shape), 0.05)) ? 0 : 1;
  }
  return alarms;
}

TEST(FindChangesOften, HasTheStatedRateOfFalseAlarmsWhateverTheNoise) {
  const int histories = thorough ? 400 : 50;
  // A right rate of 5 % gives more alarms than this once in 1000 times.
  const int most = thorough ? 35 : 8;
  EXPECT_LE(false_alarms(Lines::normal, histories), most);
  EXPECT_LE(false_alarms(Lines::heavy_tailed, histories), most);
  EXPECT_LE(false_alarms(Lines::skewed, histories), most);
  EXPECT_LE(false_alarms(Lines::with_outliers, histories), most);
}

TEST(FindChanges, TakesNeighboursThatAreAlikeForChanges) {
  Lines lines(12);
  int alarms = 0;
  for (int i = 0; i < 20; ++i) {
    std::vector<Line> wandering = lines.draw(1, 30, 0.01);
    for (std::size_t c = 1; c < 30; ++c) {
      wandering[0].value[c] += 0.9 * wandering[0].value[c - 1];
    }
    alarms += is_unchanged(find_changes(wandering, 0.05)) ? 0 : 1;
  }
  EXPECT_GE(alarms, 10) << "the limit that docs/history.md states";
}

/// How many of these histories have a step of 5 % in the third of four lines found exactly at its
/// place, and nothing else in that line, at a rate of 1 %.
int found(const Lines::Draw& shape, double noise, std::size_t place, int histories) {
  Lines lines(13);
  int hits = 0;
  for (int i = 0; i < histories; ++i) {
    std::vector<Line> history = lines.draw(4, 30, noise, shape);
    add_step(history[2], place, five_percent);
    const std::vector<Changes> all = find_changes(history, 0.01);
    hits += places(all[2]) == std::vector<std::size_t>{place} ? 1 : 0;
  }
  return hits;
}

/// The table of docs/history.md.
TEST(FindChangesOften, FindsAStepOfFivePercentAtItsPlace) {
  const int histories = thorough ? 100 : 5;
  const auto expect = [&](const Lines::Draw& shape, double noise, std::size_t place, double share) {
    const double p = std::clamp(share, 0.05, 0.95);
    EXPECT_NEAR(found(shape, noise, place, histories), share * histories,
                1 + 3 * std::sqrt(p * (1 - p) * histories))
        << noise << " " << place;
  };
  expect(Lines::normal, 0.005, 15, 1.00);
  expect(Lines::normal, 0.005, 26, 0.98);
  expect(Lines::normal, 0.01, 15, 1.00);
  expect(Lines::heavy_tailed, 0.005, 15, 0.96);
  if (!thorough) return;
  expect(Lines::normal, 0.01, 26, 0.94);
  expect(Lines::normal, 0.02, 15, 0.71);
  expect(Lines::normal, 0.02, 26, 0.20);
  expect(Lines::heavy_tailed, 0.005, 26, 0.75);
  expect(Lines::heavy_tailed, 0.01, 15, 0.85);
  expect(Lines::heavy_tailed, 0.01, 26, 0.35);
}

TEST(FindChanges, FindsABumpAndStairs) {
  Lines lines(14);
  std::vector<Line> history = lines.draw(2, 30, 0.005);
  add_step(history[0], 10, five_percent);
  add_step(history[0], 20, -five_percent);
  add_step(history[1], 10, five_percent);
  add_step(history[1], 20, five_percent);
  const std::vector<Changes> all = find_changes(history, 0.05);
  for (const Changes& changes : all) {
    EXPECT_EQ(places(changes), (std::vector<std::size_t>{10, 20}));
    EXPECT_FALSE(changes.trend_p_value);
    for (const Step& step : changes.steps) EXPECT_LE(step.p_value, 0.05);
  }
}

TEST(FindChanges, CallsASteadyRiseATrendAndNoSteps) {
  Lines lines(15);
  std::vector<Line> history = lines.draw(3, 30, 0.005);
  for (std::size_t c = 0; c < 30; ++c) history[1].value[c] += 0.002 * static_cast<double>(c);
  const std::vector<Changes> all = find_changes(history, 0.05);
  EXPECT_TRUE(all[1].trend_p_value);
  EXPECT_TRUE(all[1].steps.empty());
  EXPECT_FALSE(all[0].trend_p_value);
}

TEST(FindChanges, FindsAStepOnATrend) {
  Lines lines(16);
  std::vector<Line> history = lines.draw(1, 40, 0.002);
  for (std::size_t c = 0; c < 40; ++c) history[0].value[c] += 0.004 * static_cast<double>(c);
  add_step(history[0], 30, five_percent);
  const std::vector<Changes> all = find_changes(history, 0.05);
  EXPECT_TRUE(all[0].trend_p_value);
  EXPECT_EQ(places(all[0]), std::vector<std::size_t>{30});
}

TEST(FindChanges, NeedsThreeCampaignsAndIgnoresOneOutlier) {
  Lines lines(17);
  std::vector<Line> history = lines.draw(1, 30, 0.005);
  history[0].value[12] += 0.5;
  EXPECT_TRUE(is_unchanged(find_changes(history, 0.05)));
  std::vector<Line> late = lines.draw(1, 30, 0.005);
  add_step(late[0], 28, five_percent);
  EXPECT_TRUE(late[0].value.size() - 28 < shortest_segment);
  for (const std::size_t place : places(find_changes(late, 0.05)[0])) {
    EXPECT_LE(place, 30 - shortest_segment);
  }
}

TEST(FindChanges, TakesLinesThatLackCampaignsOrNoise) {
  Line constant{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, std::vector<double>(10, 2.0)};
  Line exact = constant;
  exact.at = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18};
  for (std::size_t i = 5; i < 10; ++i) exact.value[i] = 3;
  const std::vector<Changes> all = find_changes(std::vector<Line>{constant, exact, {}}, 0.05);
  EXPECT_TRUE(all[0].steps.empty());
  EXPECT_EQ(places(all[1]), std::vector<std::size_t>{5});
  EXPECT_TRUE(all[2].steps.empty());
}

TEST(FindChanges, GivesTheSameAnswerAgain) {
  Lines lines(18);
  std::vector<Line> history = lines.draw(2, 30, 0.01);
  add_step(history[0], 12, five_percent);
  const Changes first = find_changes(history, 0.05)[0], again = find_changes(history, 0.05)[0];
  ASSERT_EQ(first.steps.size(), again.steps.size());
  EXPECT_EQ(first.steps.at(0).p_value, again.steps.at(0).p_value);
}

TEST(FindChanges, RefusesNonsense) {
  const Line line{{0, 1}, {1, 2}};
  EXPECT_THROW(find_changes(std::vector{line}, 0.0005), Error);
  EXPECT_THROW(find_changes(std::vector{line}, 0.6), Error);
  EXPECT_THROW(find_changes(std::vector{line}, std::nan("")), Error);
  EXPECT_THROW(find_changes(std::vector{Line{{1, 0}, {1, 2}}}, 0.05), Error);
  EXPECT_THROW(find_changes(std::vector{Line{{0}, {1, 2}}}, 0.05), Error);
  EXPECT_THROW(find_changes(std::vector{Line{{0, 1}, {1, INFINITY}}}, 0.05), Error);
}

TEST(FewestForAStep, CountsTheOrders) {
  EXPECT_EQ(fewest_for_a_step(0.05), 8U);  // 2 of 70 ways, and 2 of 35 with seven
  EXPECT_EQ(fewest_for_a_step(0.01), 10U);
  EXPECT_EQ(fewest_for_a_step(0.5), 6U);
}

}  // namespace
}  // namespace scalelaw::harness
