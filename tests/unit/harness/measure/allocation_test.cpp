// Where the campaign's budget goes.
#include "harness/measure/allocation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

using Numbers = std::vector<std::int64_t>;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A serial program, and threads with one, two and four workers.
std::vector<Point> study() {
  std::vector<Point> points(4);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].experiment = points[i].kernel = "dot_product";
    points[i].params = {{"length", 1000}};
    points[i].model = i == 0 ? models::serial : models::openmp;
    points[i].series = i == 0 ? 0 : 1;
    points[i].placement = {1, 1, i == 0 ? 1 : std::int64_t{1} << (i - 1)};
  }
  return points;
}

/// Eight launches of `launch_s` each, with an interval of about `width` to both sides.
Tally tally_with(double width, double launch_s = 1) {
  Tally tally;
  for (int i = -4; i <= 4; ++i) {
    if (i != 0) tally.times.push_back({.median_s = 1 + width * i / 4});
  }
  tally.launches = std::ssize(tally.times);
  tally.spent_s = launch_s * static_cast<double>(tally.launches);
  return tally;
}

TEST(Allocation, GoesToTheWidestIntervalsFirst) {
  const std::vector<Tally> tallies{tally_with(0.01), tally_with(0.01), tally_with(0.2),
                                   tally_with(0.05)};
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{0, 1, 2, 3}, 1), (Numbers{2}));
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{0, 1, 2, 3}, 2), (Numbers{2, 3}));
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{0, 1, 3}, 0.1), (Numbers{3}))
      << "at least one, of those that are open";
}

TEST(Allocation, PrefersABaselineOfManySpeedups) {
  const std::vector<Tally> alike(4, tally_with(0.1));
  EXPECT_EQ(most_worthwhile(study(), alike, Numbers{0, 1, 2, 3}, 1), (Numbers{0}))
      << "three speedups are over it";
  EXPECT_EQ(most_worthwhile(study(), alike, Numbers{0, 1, 2, 3}, 2), (Numbers{0, 1}))
      << "then two are over its one worker";
}

TEST(Allocation, WeighsSeconds) {
  const std::vector<Tally> tallies{tally_with(0.01), tally_with(0.01), tally_with(0.12, 10),
                                   tally_with(0.1, 0.5)};
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{2, 3}, 1), (Numbers{3}));
}

TEST(Allocation, FindsTheSerialProgramOfAWeakSeriesByItsOneWorker) {
  std::vector<Point> points = study();
  for (Point& point : points) point.scaling = Scaling::weak;
  points[2].params = {{"length", 2000}};
  points[3].params = {{"length", 4000}};
  const std::vector<Tally> alike(4, tally_with(0.1));
  EXPECT_EQ(most_worthwhile(points, alike, Numbers{0, 1, 2, 3}, 1), (Numbers{0}));
  points[0].experiment = "another";
  EXPECT_EQ(most_worthwhile(points, alike, Numbers{0, 1, 2, 3}, 1), (Numbers{0}))
      << "the report takes it from there, too";
  points[0].params = {{"length", 3000}};
  EXPECT_EQ(most_worthwhile(points, alike, Numbers{0, 1, 2, 3}, 1), (Numbers{1}));
}

TEST(Allocation, KnowsTheSerialBaselineOfAProgramOfTheConfig) {
  std::vector<Point> points = study();
  for (Point& point : points) point.implementation = point.primary = "theirs";
  points[0].model = models::openmp;  // one worker of a driver without a serial version
  points[0].series = 7;
  const std::vector<Tally> alike(4, tally_with(0.1));
  EXPECT_EQ(most_worthwhile(points, alike, Numbers{0, 1, 2, 3}, 1), (Numbers{0}))
      << "the report's speedups are over it";
}

TEST(Allocation, GivesPointsWithoutAnIntervalTheirLaunchesFirst) {
  Tally one, two;
  for (Tally* tally : {&one, &two, &two}) {
    tally->times.push_back({.median_s = 1});
    ++tally->launches;
    ++tally->spent_s;
  }
  const std::vector<Tally> tallies{tally_with(0.1), two, tally_with(0.5), one};
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{0, 1, 2, 3}, 1), (Numbers{3}));
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{0, 1, 2, 3}, 2), (Numbers{1, 3}));
}

TEST(Allocation, GivesNothingToIntervalsThatCountAllocations) {
  Tally of_six = tally_with(0.5);
  for (std::size_t i = 0; i < of_six.times.size(); ++i) {
    of_six.times[i].allocation = "SLURM job " + std::to_string(i % 6);
  }
  const std::vector<Tally> tallies{tally_with(0.01), tally_with(0.01), of_six, tally_with(0.01)};
  EXPECT_EQ(most_worthwhile(study(), tallies, Numbers{2, 3}, 1), (Numbers{3}));
  const std::vector<Tally> alike{tally_with(0.01), tally_with(0.01), tally_with(0.5),
                                 tally_with(0.01)};
  EXPECT_EQ(most_worthwhile(study(), alike, Numbers{2, 3}, 1), (Numbers{2}))
      << "more launches in one allocation narrow its interval";
}

SamplePlan plan_of(const std::vector<Point>& points, const std::vector<Tally>& tallies,
                   const Measuring& measuring, double left_s) {
  return {.points = &points,
          .tallies = tallies,
          .measuring = &measuring,
          .planned = [](const Point&) { return LaunchCost{.launch_s = 0.4, .sample_s = 0.004}; },
          .left_s = left_s};
}

TEST(SamplesOf, AreFewerWhereTheCampaignsBudgetWouldNotLast) {
  const std::vector<Point> points = study();
  const std::vector<Tally> none(4);
  const Measuring measuring;
  const auto ample = samples_of(plan_of(points, none, measuring, infinity), Numbers{0, 1, 2, 3});
  EXPECT_EQ(ample.size(), 4U);
  EXPECT_EQ(ample.at(2).samples, 10);
  EXPECT_EQ(ample.at(2).why, "the first launch");
  // Four points, eight launches of each: 12.8 s without samples.
  const auto tight = samples_of(plan_of(points, none, measuring, 13.5), Numbers{0, 1, 2, 3});
  EXPECT_EQ(tight.at(2).samples, 5);
  EXPECT_EQ(tight.at(2).why, "the first launch; fewer, for the campaign's budget");
  EXPECT_EQ(samples_of(plan_of(points, none, measuring, 1), Numbers{0}).at(0).samples, 1);
  EXPECT_EQ(samples_of(plan_of(points, none, measuring, -1), Numbers{0}).at(0).samples, 1);
}

TEST(SamplesOf, FollowTheLaunchesOfEachPoint) {
  const std::vector<Point> points = study();
  const Measuring measuring;
  std::vector<Tally> tallies(4);
  const auto launched = [](double wall_s, double sample_s) {
    return LaunchSamples{.samples = 4,
                         .wall_s = wall_s,
                         .timed_s = 4 * sample_s,
                         .mean_log = std::log(sample_s),
                         .squares_log = 1e-4};
  };
  tallies[1].taken = {launched(1, 0.01)};  // an expensive launch of short passes
  tallies[2].taken = {launched(9, 2)};     // a cheap one of long passes
  const auto chosen = samples_of(plan_of(points, tallies, measuring, infinity), Numbers{1, 2});
  EXPECT_GT(chosen.at(1).samples, 6);
  EXPECT_LE(chosen.at(2).samples, 2);
  const auto rich = samples_of(plan_of(points, tallies, measuring, 1e9), Numbers{1, 2});
  EXPECT_GT(rich.at(1).samples, chosen.at(1).samples);
  EXPECT_NE(rich.at(1).why.find("has room"), std::string::npos) << rich.at(1).why;
  EXPECT_NE(chosen.at(1).why.find("beside 10 ms a sample"), std::string::npos) << chosen.at(1).why;
}

}  // namespace
}  // namespace scalelaw::harness
