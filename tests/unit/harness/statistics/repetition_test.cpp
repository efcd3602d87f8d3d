// What an interval counts: launches, or the allocations that they come from.
#include "harness/statistics/repetition.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "harness/statistics/statistics.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

LaunchTime time_of(double median_s, const std::string& allocation = "", bool busy = false) {
  return {.median_s = median_s, .samples = 1, .busy = busy, .allocation = allocation};
}

TEST(Repetition, IsALaunchWhereThereIsOneAllocation) {
  for (const char* name : {"", "SLURM job 1 on a"}) {
    const std::vector<LaunchTime> launches{time_of(3, name), time_of(1, name)};
    EXPECT_EQ(repetitions_s(launches), (std::vector<double>{3, 1}));
    EXPECT_EQ(count_allocations(launches), 1U);
  }
  EXPECT_TRUE(repetitions_s({}).empty());
  EXPECT_EQ(count_allocations({}), 0U);
}

TEST(Repetition, IsTheMedianOfEachAllocationWhereThereAreSeveral) {
  const std::vector<LaunchTime> launches{time_of(5, "b"), time_of(1, "a"), time_of(7, "b"),
                                         time_of(9, "b"), time_of(2)};
  EXPECT_EQ(repetitions_s(launches), (std::vector<double>{7, 1, 2})) << "in the order of time";
  EXPECT_EQ(count_allocations(launches), 3U);
}

TEST(Repetition, TellsJobsApartAndTheNodesOfAJobThatStartedAgain) {
  Launch launch;
  EXPECT_EQ(allocation_of(launch), "");
  launch.nodes = {"laptop"};
  EXPECT_EQ(allocation_of(launch), "") << "nothing granted this machine";
  launch.allocation = "SLURM job 1";
  const std::string first = allocation_of(launch);
  launch.nodes = {"n1", "n2"};
  const std::string elsewhere = allocation_of(launch);
  launch.allocation = "SLURM job 2";
  EXPECT_EQ(std::set({first, elsewhere, allocation_of(launch), std::string()}).size(), 4U);
}

TEST(Repetition, LeavesBusyLaunchesOutUnlessThatLosesAllocationsThatAnIntervalNeeds) {
  std::vector<LaunchTime> launches;
  for (int i = 0; i < 6; ++i) launches.push_back(time_of(1, "a"));
  launches.push_back(time_of(9, "a", true));
  EXPECT_EQ(counting_launches(launches).size(), 6U);
  for (const char* name : {"b", "c", "d", "e"}) launches.push_back(time_of(1, name));
  launches.push_back(time_of(9, "f", true));
  EXPECT_EQ(counting_launches(launches).size(), 12U);
  launches.push_back(time_of(1, "f"));
  EXPECT_EQ(counting_launches(launches).size(), 11U);
}

/// Launches of allocation `name`, the last `busy` of them on a busy machine.
void add(std::vector<LaunchTime>& launches, const std::string& name, int count, int busy = 0) {
  for (int i = 0; i < count; ++i) launches.push_back(time_of(1, name, i >= count - busy));
}

TEST(Repetition, CountsOneAllocationWhereSeveralAreTooFew) {
  std::vector<LaunchTime> launches;
  add(launches, "cut", 5);
  add(launches, "second", 5);
  EXPECT_EQ(count_allocations(counting_launches(launches)), 2U) << "none has enough";
  add(launches, "second", 1);
  ASSERT_EQ(counting_launches(launches).size(), 6U);
  EXPECT_EQ(counting_launches(launches).front().allocation, "second");
  add(launches, "cut", 1);
  EXPECT_EQ(counting_launches(launches).front().allocation, "cut") << "of equals, the first";
  for (const char* name : {"c", "d", "e", "f"}) add(launches, name, 1);
  EXPECT_EQ(count_allocations(counting_launches(launches)), 6U) << "these have an interval";
}

TEST(Repetition, CountsTheAllocationWithTheMostQuietLaunches) {
  std::vector<LaunchTime> launches;
  add(launches, "busy", 9, 4);
  add(launches, "quiet", 6);
  EXPECT_EQ(counting_launches(launches).front().allocation, "quiet");
  launches.clear();
  add(launches, "busy", 7, 7);
  add(launches, "few", 3);
  ASSERT_EQ(counting_launches(launches).size(), 7U) << "as of one allocation, busy or not";
  EXPECT_EQ(counting_launches(launches).front().allocation, "busy");
}

TEST(Repetition, IsOfOneAllocationInTheSummaryOfAPointWhoseJobWasCut) {
  Results results;
  results.points.resize(1);
  for (std::int64_t i = 0; i < 13; ++i) {
    Launch& launch = results.launches.emplace_back();
    launch.allocation = i < 5 ? "SLURM job 1" : "SLURM job 2";
    Sample& sample = results.samples.emplace_back();
    sample.launch = i;
    sample.total_s = i < 5 ? 2 : 1;
  }
  const Summary summary = summarize(results, 0);
  EXPECT_EQ(summary.allocations, 1U);
  EXPECT_EQ(summary.launches.size(), 8U);
  ASSERT_TRUE(summary.interval_s);
  EXPECT_EQ(summary.interval_s->high, 1);
}

/// Campaigns of points whose times stray by allocation and by launch.  Seeded, so the counts never
/// change.
struct Campaigns {
  double allocation_noise = 0.03, launch_noise = 0.01;
  int allocations = 8, launches = 5;  ///< of each
  bool named = true;                  ///< launches know their allocation
  double shared = 0;  ///< the part of an allocation's noise that both points have in common

  /// Two points of one campaign, whose medians are 1 s and 0.5 s.
  [[nodiscard]] std::vector<Summary> draw(std::mt19937_64& random) const {
    std::normal_distribution<double> normal;
    Results results;
    results.points.resize(2);
    for (int i = 0; i < allocations; ++i) {
      const double common = shared * normal(random);
      for (std::int64_t point = 0; point < 2; ++point) {
        const double own = std::sqrt(1 - shared * shared) * normal(random);
        const double nodes = allocation_noise * (common + own);
        for (int j = 0; j < launches; ++j) {
          Launch& launch = results.launches.emplace_back();
          launch.point = point;
          if (named) launch.allocation = "SLURM job " + std::to_string(i);
          Sample& sample = results.samples.emplace_back();
          sample.launch = std::ssize(results.launches) - 1;
          sample.total_s = (point == 0 ? 1 : 0.5) * std::exp(nodes + launch_noise * normal(random));
        }
      }
    }
    return summarize_all(results);
  }
};

/// How many of 100 intervals of medians, and of ratios, hold what other nodes would show.
struct Coverage {
  double medians = 0, ratios = 0;
};

Coverage coverage_of(const Campaigns& campaigns) {
  constexpr int rounds = 1000;
  std::mt19937_64 random(1);
  int medians = 0, ratios = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::vector<Summary> points = campaigns.draw(random);
    const auto holds = [](const std::optional<Interval>& interval, double truth) {
      return interval->low <= truth && truth <= interval->high;
    };
    medians += holds(points[0].interval_s, 1);
    const Ratio ratio = ratio_over_launches(points[0].repetitions_s(), points[1].repetitions_s());
    ratios += holds(ratio.interval, 2);
  }
  return {100.0 * medians / rounds, 100.0 * ratios / rounds};
}

/// Two standard errors of a share near 95 %, of 1000.
constexpr double error = 1.4;

TEST(RepetitionCoverage, IsNinetyFivePercentOfAllocations) {
  for (const int allocations : {6, 8, 20}) {
    for (const double launch_noise : {0.002, 0.05}) {
      const Coverage share =
          coverage_of({.launch_noise = launch_noise, .allocations = allocations});
      SCOPED_TRACE(testing::Message() << allocations << " allocations, noise " << launch_noise);
      EXPECT_GE(share.medians, 93 - error);
      EXPECT_LE(share.medians, 97 + error);
      EXPECT_GE(share.ratios, 93 - error);
      EXPECT_LE(share.ratios, 97 + error);
    }
  }
}

TEST(RepetitionCoverage, IsNinetyFivePercentWithoutAnEffectOfTheNodes) {
  const Coverage share = coverage_of({.allocation_noise = 0});
  EXPECT_GE(share.medians, 93 - error);
  EXPECT_LE(share.medians, 97 + error);
}

TEST(RepetitionCoverage, IsMoreForRatiosOfPointsThatShareTheirAllocations) {
  EXPECT_GE(coverage_of({.shared = 0.8}).ratios, 97);
}

TEST(RepetitionCoverageNegativeControl, FindsThatLaunchesAloneHoldFarTooSeldom) {
  const Coverage share = coverage_of({.named = false});
  EXPECT_LT(share.medians, 75);
  EXPECT_LT(share.ratios, 75);
}

}  // namespace
}  // namespace scalelaw::harness
