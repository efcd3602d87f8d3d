// Points that share launches: measured once, and known of both.
#include <gtest/gtest.h>

#include "harness/measure/allocation.hpp"
#include "harness/measure/time_estimate.hpp"
#include "harness/statistics/summary.hpp"
#include "support/campaigns.hpp"

namespace scalelaw::harness {
namespace {

/// Adds the weak series' point of one thread, which point 0 is as well.
class SharedLaunches : public Campaigns {
 protected:
  SharedLaunches() {
    add_point(1);
    results_.points.back().id += " weak";
    results_.points.back().scaling = Scaling::weak;
    results_.points.back().shares = 0;
  }

  FakeMachine quiet() {
    FakeMachine machine = amdahl_machine(0.01, 0.1);
    machine.sample_noise = 0.001;
    return machine;
  }
};

TEST_F(SharedLaunches, AreMadeOnce) {
  run(quiet());
  EXPECT_GE(launches_of(0), 8);
  EXPECT_EQ(launches_of(4), 0);
  EXPECT_EQ(results_.points[4].state, State::converged);
  const std::vector<Summary> summaries = summarize_all(results_);
  EXPECT_EQ(summaries[4].median_s, summaries[0].median_s);
  EXPECT_EQ(summaries[4].launches.size(), summaries[0].launches.size());
  EXPECT_TRUE(summaries[4].interval_s.has_value());
}

TEST_F(SharedLaunches, FailForAllThatShareThem) {
  FakeMachine machine = quiet();
  machine.fault = [](const Job& job, std::int64_t) {
    return job.placement.threads == 1 ? FakeFault::wrong_result : FakeFault::none;
  };
  run(std::move(machine));
  for (const std::size_t point : {0, 4}) {
    EXPECT_EQ(results_.points[point].state, State::wrong_result);
    EXPECT_NE(results_.points[point].reason.find("wrong result"), std::string::npos);
  }
}

TEST_F(SharedLaunches, AreMadeWhereTheFirstPointIsSkipped) {
  results_.points[0].state = State::skipped;  // since the campaign was planned
  run(quiet());
  EXPECT_EQ(results_.points[4].state, State::converged);
}

TEST_F(SharedLaunches, CountOnceInTheEstimate) {
  const TimeRange with = planned_time(results_.points, measuring_, true);
  results_.points.pop_back();
  const TimeRange without = planned_time(results_.points, measuring_, true);
  EXPECT_EQ(with.least_s, without.least_s);
  EXPECT_EQ(with.most_s, without.most_s);
}

TEST_F(SharedLaunches, KeepTheirPointsOpenTogether) {
  std::int64_t most_done = -1;
  FakeLauncher launcher(quiet());
  MeasureTools with = tools(launcher);
  with.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.points, 5);
    if (progress.launches == 0) most_done = std::max(most_done, progress.points_done);
  };
  Journal journal = Journal::begin((folder_ / "journal").string(), results_);
  measure(results_, measuring_, with, journal);
  EXPECT_EQ(most_done, 0) << "nothing is done before the first launch";
}

TEST_F(SharedLaunches, AreSharedStillWhenACampaignIsResumed) {
  FakeLauncher launcher(quiet());
  Results resumed = results_;
  { Journal journal = Journal::begin((folder_ / "journal").string(), results_); }
  for (Point& point : resumed.points) point.shares = -1;  // as if found otherwise
  Journal journal = Journal::resume((folder_ / "journal").string(), resumed);
  EXPECT_EQ(resumed.points[4].shares, 0);
  measure(resumed, measuring_, tools(launcher), journal);
  EXPECT_EQ(resumed.points[4].state, State::converged);
}

/// The launches of a baseline that two series share narrow the speedups of both.
TEST_F(SharedLaunches, AreWorthMore) {
  for (std::size_t i = 0; i < 4; ++i) results_.points[i].series = static_cast<std::int64_t>(i);
  add_point(2);
  Point& two = results_.points.back();
  two.scaling = Scaling::weak;
  two.series = results_.points[4].series = 9;
  std::vector<Tally> tallies(results_.points.size());
  for (Tally& tally : tallies) {
    for (const double time_s : {1.00, 1.03, 0.98, 1.01, 0.97, 1.02, 1.04, 0.99}) {
      tally.times.push_back({.median_s = time_s});
    }
    tally.launches = 8;
    tally.spent_s = 8;
  }
  const std::vector<std::int64_t> open{0, 3};
  EXPECT_EQ(most_worthwhile(results_.points, tallies, open, 1), (std::vector<std::int64_t>{0}));
  results_.points[4].shares = 3;
  EXPECT_EQ(most_worthwhile(results_.points, tallies, open, 1), (std::vector<std::int64_t>{3}));
}

}  // namespace
}  // namespace scalelaw::harness
