// What the rule that ends a point's launches does to the intervals: measured with the campaign's
// own code on a pretended machine whose median is known.  Seeded, so the counts never change.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <span>

#include "harness/launch/fake.hpp"
#include "harness/launch/job.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/statistics/summary.hpp"
#include "support/models.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

constexpr double truth_s = 1;

/// What came of many equal points.
struct Outcomes {
  int points = 0, converged = 0;
  int held = 0;  ///< by the interval of any of them
  std::int64_t launches = 0;

  void add(State state, std::span<const double> times_s) {
    const auto interval = median_interval(times_s);
    const bool holds = interval && interval->low <= truth_s && truth_s <= interval->high;
    ++points;
    held += holds;
    converged += state == State::converged;
    launches += static_cast<std::int64_t>(times_s.size());
  }
};

constexpr double target = 0.02;

bool narrow(const std::vector<double>& times_s) {
  const auto interval = median_interval(times_s);
  return interval && (interval->high - interval->low) / 2 <= target * median(times_s);
}

/// Points whose launches differ by `noise`, launched for as long as the verdict asks for more.
Outcomes outcomes(double noise, int points) {
  Measuring measuring;
  measuring.budget_s = 1e9;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Outcomes out;
  for (int point = 0; point < points; ++point) {
    Tally tally;
    while (needs_launch(tally, measuring)) {
      Sample sample;
      sample.total_s = truth_s * std::exp(noise * normal(random));
      tally.add(Launch{}, std::span(&sample, 1));
    }
    out.add(state_of(tally, measuring), repetitions_s(tally.times));
  }
  return out;
}

/// Of all points, converged or not.  The converged ones are in coverage_test.cpp.
TEST(Stopping, LeavesIntervalsThatHoldOnANoisyMachine) {
  for (const double noise : {0.02, 0.03, 0.04}) {
    const Outcomes out = outcomes(noise, 1000);
    EXPECT_GE(out.held, out.points * 93 / 100) << noise;
    EXPECT_LE(out.held, out.points * 98 / 100) << noise;
    EXPECT_GE(out.converged, out.points / 2) << "too noisy to tell";
  }
}

TEST(Stopping, WaitsForAThirdMoreLaunchesAfterTheIntervalIsNarrow) {
  std::vector<double> times_s{1.1, 0.9, 1, 1, 1, 1};  // two far apart: narrow when cut off
  while (!narrow(times_s)) times_s.push_back(1);
  const std::size_t first = times_s.size();
  ASSERT_GT(first, 6U);
  while (3 * times_s.size() < 4 * first) {
    EXPECT_FALSE(settled(times_s, target)) << times_s.size();
    times_s.push_back(1);
  }
  EXPECT_TRUE(settled(times_s, target));
  while (narrow(times_s)) times_s.push_back(times_s.size() % 2 == 0 ? 1.2 : 0.8);
  EXPECT_FALSE(settled(times_s, target)) << "it was narrow before, and no longer is";
}

TEST(Stopping, TakesTheFewestLaunchesOnAQuietMachine) {
  const Outcomes out = outcomes(0.002, 100);
  EXPECT_EQ(out.converged, out.points);
  EXPECT_EQ(out.launches, out.points * first_look);
}

/// The same through the whole campaign, on the pretended machine.
TEST(Stopping, LeavesIntervalsThatHoldInACampaign) {
  const TemporaryFolder folder;
  Results results;
  for (int i = 0; i < 30; ++i) {
    Point point;
    point.id = "calibration/" + std::to_string(i);
    point.kernel = "calibration";
    point.model = models::openmp;
    point.params = {{"operations", 1000 + i}};
    point.options = nlohmann::json::object();
    results.points.push_back(point);
  }
  Measuring measuring;
  measuring.budget_s = 1e9;
  measuring.samples = 1;
  measuring.choose_samples = false;
  FakeMachine machine = amdahl_machine(truth_s, 0.1);
  machine.launch_noise = 0.02;
  FakeLauncher launcher(std::move(machine));
  MeasureTools tools;
  tools.launcher = &launcher;
  tools.job = [&](const Point& point, std::int64_t, const std::string& report) {
    return make_job(point, measuring, 1, "/drivers", report);
  };
  tools.scratch = folder.path().string();
  Journal journal = Journal::begin((folder.path() / "journal").string(), results);
  measure(results, measuring, tools, journal);
  Outcomes out;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    out.add(results.points[i].state, summarize(results, static_cast<std::int64_t>(i)).times_s());
  }
  EXPECT_GE(out.converged, 28);
  EXPECT_GE(out.held, 28);
}

/// The same machine under the rule that one would write first: stop as soon as the ordinary 95 %
/// interval is narrow.
TEST(StoppingNegativeControl, AnOrdinaryIntervalThatIsLookedAtAgainAndAgainHoldsTooSeldom) {
  int converged = 0, held = 0;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (int point = 0; point < 2000; ++point) {
    std::vector<double> times_s;
    while (times_s.size() < 30) {
      times_s.push_back(truth_s * std::exp(0.04 * normal(random)));
      const auto interval = rank_interval(times_s, 0.95);
      if (!interval || (interval->high - interval->low) / 2 > 0.02 * median(times_s)) continue;
      ++converged;
      held += interval->low <= truth_s && truth_s <= interval->high;
      break;
    }
  }
  EXPECT_GT(converged, 1000);
  EXPECT_LT(held, converged * 92 / 100);
}

}  // namespace
}  // namespace scalelaw::harness
