// What is known of a point's time: which launches count, and what they say.
#include "harness/statistics/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace scalelaw::harness {
namespace {

/// Launches of points, each with samples around a median.
class Measured {
 public:
  explicit Measured(std::size_t points) { results_.points.resize(points); }

  /// A launch whose samples are `median_s` and as far from it on either side; returns it.
  Launch& add(std::int64_t point, double median_s) {
    Launch launch;
    launch.point = point;
    results_.launches.push_back(launch);
    for (const double factor : {0.5, 1.0, 4.0}) add_sample(factor * median_s);
    return results_.launches.back();
  }

  void add_sample(double total_s, bool diagnostic = false) {
    Sample sample;
    sample.launch = static_cast<std::int64_t>(results_.launches.size()) - 1;
    sample.total_s = total_s;
    sample.diagnostic = diagnostic;
    results_.samples.push_back(sample);
  }

  [[nodiscard]] Summary summary(std::int64_t point = 0) const { return summarize(results_, point); }
  [[nodiscard]] const Results& results() const { return results_; }

 private:
  Results results_;
};

TEST(Summary, IsTheMedianOfTheLaunchesMedians) {
  Measured campaign(1);
  for (const double t : {5.0, 1.0, 2.0}) campaign.add(0, t);
  const Summary summary = campaign.summary();
  EXPECT_EQ(summary.times_s(), (std::vector<double>{5, 1, 2})) << "in their order";
  EXPECT_EQ(summary.median_s, 2);
  EXPECT_EQ(summary.samples, 9);
  EXPECT_FALSE(summary.interval_s) << "too few launches";
  EXPECT_TRUE(std::isinf(summary.half_width()));
}

TEST(Summary, HasAnIntervalFromSixLaunchesOn) {
  Measured campaign(1);
  for (int i = 1; i <= 5; ++i) campaign.add(0, i);
  EXPECT_FALSE(campaign.summary().interval_s);
  campaign.add(0, 6);
  const Summary summary = campaign.summary();
  ASSERT_TRUE(summary.interval_s);
  EXPECT_EQ(summary.interval_s->low, 1);
  EXPECT_EQ(summary.interval_s->high, 6);
  EXPECT_DOUBLE_EQ(summary.half_width(), 2.5 / 3.5);
}

TEST(Summary, LeavesDiagnosticSamplesOut) {
  Measured campaign(1);
  campaign.add(0, 1);
  for (int i = 0; i < 10; ++i) campaign.add_sample(1000, true);
  EXPECT_EQ(campaign.summary().median_s, 1);
  EXPECT_EQ(campaign.summary().samples, 3);
}

TEST(Summary, LeavesLaunchesOutThatFailedOrWereMeasuredAnew) {
  Measured campaign(1);
  campaign.add(0, 1);
  for (const State state : {State::crashed, State::timeout, State::wrong_result, State::invalid}) {
    campaign.add(0, 100).state = state;
  }
  campaign.add(0, 100).superseded = true;
  EXPECT_EQ(campaign.summary().times_s(), std::vector<double>{1});
}

TEST(Summary, LeavesBusyLaunchesOutOnceThereAreQuietOnesEnough) {
  Measured campaign(1);
  for (int i = 0; i < 3; ++i) campaign.add(0, 100).busy = true;
  for (int i = 0; i < 5; ++i) campaign.add(0, 1);
  EXPECT_TRUE(campaign.summary().busy);
  EXPECT_EQ(campaign.summary().launches.size(), 8U);
  campaign.add(0, 1);
  const Summary summary = campaign.summary();
  EXPECT_FALSE(summary.busy);
  EXPECT_EQ(summary.launches.size(), 6U);
  EXPECT_EQ(summary.samples, 18);
  EXPECT_EQ(summary.median_s, 1);
}

TEST(Summary, KnowsNothingOfAPointWithoutTimes) {
  Measured campaign(2);
  campaign.add(1, 3);
  const Summary none = campaign.summary(0);
  EXPECT_TRUE(std::isnan(none.median_s));
  EXPECT_TRUE(none.launches.empty());
  EXPECT_FALSE(none.interval_s || none.busy);
  EXPECT_EQ(none.samples, 0);
}

TEST(Summary, OfAllPointsIsThatOfEach) {
  Measured campaign(3);
  for (int i = 0; i < 12; ++i) campaign.add(i % 2 * 2, 1 + i).busy = i == 4;
  const std::vector<Summary> all = summarize_all(campaign.results());
  ASSERT_EQ(all.size(), 3U);
  for (std::int64_t i = 0; i < 3; ++i) {
    const Summary one = campaign.summary(i);
    EXPECT_EQ(one.times_s(), all[static_cast<std::size_t>(i)].times_s());
    for (const LaunchTime& launch : one.launches) {
      EXPECT_EQ(campaign.results().launches[static_cast<std::size_t>(launch.launch)].point, i);
    }
  }
}

}  // namespace
}  // namespace scalelaw::harness
