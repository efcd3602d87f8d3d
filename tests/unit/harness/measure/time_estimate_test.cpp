// How long a campaign will take, before and while it runs.
#include "harness/measure/time_estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace scalelaw::harness {
namespace {

Measuring measuring() {
  Measuring out;
  out.launches_min = 6;
  out.launches_max = 30;
  out.budget_s = 60;
  out.target_interval = 0.02;
  out.gate.enabled = false;
  return out;
}

Tally tally_of(const std::vector<double>& times_s, double launch_s) {
  Tally tally;
  tally.launches = static_cast<std::int64_t>(times_s.size());
  tally.spent_s = launch_s * static_cast<double>(times_s.size());
  for (const double time_s : times_s) tally.times.push_back({.median_s = time_s});
  return tally;
}

Point point_with(double bytes) {
  Point point;
  point.work = {{"compulsory_bytes", bytes}, {"resident_bytes", bytes}};
  return point;
}

TEST(PlannedTime, GrowsWithTheWorkAndShrinksWithWorkers) {
  const Point small = point_with(1e9);
  Point wide = small;
  wide.placement.threads = 4;
  const double one = planned_launch_s(small, measuring(), true);
  EXPECT_GT(planned_launch_s(point_with(2e9), measuring(), true), one);
  EXPECT_LT(planned_launch_s(wide, measuring(), true), one);
  EXPECT_GT(one, 0.3) << "a gigabyte of input has to be made, too";
}

TEST(PlannedTime, ChargesTheStartOfRanks) {
  Point ranked = point_with(0);
  ranked.model.ranked = true;
  EXPECT_GT(planned_launch_s(ranked, measuring(), true),
            planned_launch_s(point_with(0), measuring(), true));
  EXPECT_LT(planned_launch_s(ranked, measuring(), false), 0.01) << "nothing is started";
}

TEST(PlannedTime, CountsOnlyPointsThatAreToBeMeasured) {
  const Point pending = point_with(1e9);
  Point skipped = pending;
  skipped.state = State::skipped;
  const TimeRange one = planned_time(std::vector{pending, skipped}, measuring(), true);
  const TimeRange two = planned_time(std::vector{pending, pending}, measuring(), true);
  EXPECT_DOUBLE_EQ(two.least_s, 2 * one.least_s);
  EXPECT_LT(one.least_s, one.most_s);
}

TEST(PlannedTime, ReachesFromTheFirstLookToTheBudget) {
  Measuring with = measuring();
  const Point point = point_with(1e9);
  const double launch_s = planned_launch_s(point, with, true);
  with.budget_s = 20 * launch_s * 1.001;
  const TimeRange time = planned_time(std::vector{point}, with, true);
  EXPECT_NEAR(time.least_s, 8 * launch_s, 1e-9);
  EXPECT_NEAR(time.most_s, 20 * launch_s, 1e-9);
  with.budget_s = 0.1;
  EXPECT_NEAR(planned_time(std::vector{point}, with, true).most_s,
              6 * planned_launch_s(point, with, true), 1e-9)
      << "launches_min are made whatever the budget";
  with = measuring();
  with.launches_min = with.launches_max = 3;
  const TimeRange few = planned_time(std::vector{point}, with, true);
  EXPECT_NEAR(few.least_s, 3 * launch_s, 1e-9);
  EXPECT_EQ(few.least_s, few.most_s);
}

TEST(PlannedTime, IncludesTheLookForFreeCoresBeforeEachBlock) {
  Measuring with = measuring();
  const std::vector<Point> two{point_with(0), point_with(0)};
  const TimeRange without = planned_time(two, with, true);
  EXPECT_FALSE(without.gated);
  with.gate.enabled = true;
  with.gate.spin_s = 0.25;
  const TimeRange gated = planned_time(two, with, true);
  EXPECT_TRUE(gated.gated);
  EXPECT_NEAR(gated.least_s - without.least_s, 8 * 2 * 0.25, 1e-9)
      << "8 blocks, whatever the points";
  EXPECT_NEAR(gated.most_s - without.most_s, 30 * 2 * 0.25, 1e-9);
  EXPECT_FALSE(planned_time(two, with, false).gated) << "a pretended machine is never busy";
  EXPECT_LT(planned_time(two, with, false).most_s, 1);
}

TEST(PlannedTime, IsWithinTheCampaignsBudgetButForTheFewestLaunches) {
  Measuring with = measuring();
  const Point point = point_with(1e9);
  const double launch_s = planned_launch_s(point, with, true);
  with.campaign_budget_s = 7.5 * launch_s;
  const TimeRange time = planned_time(std::vector{point}, with, true);
  EXPECT_NEAR(time.least_s, 7.5 * launch_s, 1e-9);
  EXPECT_NEAR(time.most_s, 7.5 * launch_s, 1e-9);
  with.campaign_budget_s = launch_s;
  EXPECT_NEAR(planned_time(std::vector{point}, with, true).most_s, 6 * launch_s, 1e-9);
  EXPECT_NEAR(planned_time(std::vector{point}, with, true).floor_s, 6 * launch_s, 1e-9);
}

TEST(ExpectedTime, IsThePlansBeforeTheFirstLaunch) {
  EXPECT_DOUBLE_EQ(expected_s(Tally{}, measuring(), 0.5), 8 * 0.5);
}

TEST(ExpectedTime, OfAQuietPointIsWhatTheFirstLookNeeds) {
  EXPECT_NEAR(expected_s(tally_of({1, 1.001, 0.999}, 2), measuring(), 0.5), 5 * 2, 1e-9);
}

TEST(ExpectedTime, OfANoisyPointIsWhatItsSpreadNeeds) {
  // sd of the logarithms 0.045; (2.17 x 1.2533 x 0.045 / 0.02)^2 = 37.5 launches
  const std::vector<double> times{1.0, 1.045, 0.956, 1.0, 1.046, 0.957, 1.0, 1.045, 0.956};
  Measuring with = measuring();
  with.launches_max = 100;
  with.budget_s = 1000;
  const double expected = expected_s(tally_of(times, 1), with, 0.5);
  EXPECT_GT(expected, 15);
  EXPECT_LT(expected, 40);
  with.launches_max = 12;
  EXPECT_NEAR(expected_s(tally_of(times, 1), with, 0.5), 3, 1e-9) << "no more than allowed";
  with.launches_max = 100;
  with.budget_s = 14.5;
  EXPECT_NEAR(expected_s(tally_of(times, 1), with, 0.5), 5, 1e-9) << "no more than affordable";
}

TEST(ExpectedTime, OfADonePointIsNothing) {
  EXPECT_EQ(expected_s(tally_of(std::vector<double>(8, 1.0), 1), measuring(), 0.5), 0);
}

}  // namespace
}  // namespace scalelaw::harness
