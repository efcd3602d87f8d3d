// What a campaign does with its budget, and how it chooses samples.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/statistics/summary.hpp"
#include "support/campaigns.hpp"

namespace scalelaw::harness {
namespace {

/// A machine on which launches of `threads` threads are noisy, and all others quiet.
FakeMachine noisy_with(std::int64_t threads, double noise) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.start_s = 1;
  machine.sample_noise = 0.002;
  machine.times = [times = machine.times, threads, noise,
                   random = std::mt19937_64(1)](const Job& job) mutable {
    FakeTimes out = times(job);
    const double own = job.placement.threads == threads ? noise : 0.002;
    const double factor = std::exp(own * std::normal_distribution<double>()(random));
    for (PhaseTime& phase : out.phases) phase.seconds *= factor;
    return out;
  };
  return machine;
}

double seconds_of(const Results& results) {
  double sum = 0;
  for (const Launch& launch : results.launches) sum += launch.wall_s;
  return sum;
}

TEST_F(Campaigns, SpendTheirBudgetOnWhatIsNotNarrowYet) {
  measuring_.launches_min = 6;
  measuring_.launches_max = 60;
  measuring_.campaign_budget_s = 160;
  run(noisy_with(4, 0.04));
  for (std::int64_t quiet = 0; quiet < 3; ++quiet) EXPECT_EQ(launches_of(quiet), 8);
  EXPECT_GT(launches_of(3), 12);
  EXPECT_LE(seconds_of(results_), 160);
  EXPECT_EQ(results_.points[0].state, State::converged) << results_.points[0].reason;
}

TEST_F(Campaigns, EndEarlyWhatCannotBecomeNarrow) {
  measuring_.launches_min = 6;
  measuring_.launches_max = 30;
  measuring_.campaign_budget_s = 1e5;
  run(noisy_with(4, 0.5));
  EXPECT_EQ(results_.points[3].state, State::too_noisy);
  EXPECT_LT(launches_of(3), 12);
  EXPECT_NE(results_.points[3].reason.find("30 launches would hardly reach that"),
            std::string::npos)
      << results_.points[3].reason;
  EXPECT_EQ(results_.points[0].state, State::converged);
}

TEST_F(Campaigns, MakeTheFewestLaunchesWhateverTheirBudget) {
  measuring_.launches_min = 6;
  measuring_.campaign_budget_s = 3;
  run(noisy_with(4, 0.05));
  for (std::int64_t point = 0; point < 4; ++point) EXPECT_EQ(launches_of(point), 6);
  EXPECT_EQ(results_.points[0].state, State::converged) << "six are enough for an interval";
  EXPECT_EQ(results_.points[3].state, State::not_converged);
  EXPECT_NE(results_.points[3].reason.find("the campaign's budget ended"), std::string::npos)
      << results_.points[3].reason;
  for (const Launch& launch : results_.launches) {
    if (launch.block == 0) continue;
    EXPECT_EQ(launch.header["samples"], 1) << launch.sampling;
  }
}

TEST_F(Campaigns, KeepTheBudgetSpentWhenResumed) {
  measuring_.launches_min = 6;
  measuring_.launches_max = 1000;
  measuring_.budget_s = 1e9;
  measuring_.campaign_budget_s = 120;
  measuring_.target_interval = 0.001;
  run(noisy_with(4, 0.02));
  const double spent_s = seconds_of(results_);
  EXPECT_GT(spent_s, 90);
  EXPECT_LE(spent_s, 120);

  Results resumed = results_;
  for (Point& point : resumed.points) point.state = State::pending;
  FakeLauncher launcher(noisy_with(4, 0.02));
  {
    Journal journal = Journal::resume((folder_ / "journal").string(), resumed);
    measure(resumed, measuring_, tools(launcher), journal);
  }
  EXPECT_EQ(launcher.launches(), 0) << "nothing is left";

  measuring_.campaign_budget_s = 200;
  for (Point& point : resumed.points) point.state = State::pending;
  Journal journal = Journal::resume((folder_ / "journal").string(), resumed);
  measure(resumed, measuring_, tools(launcher), journal);
  EXPECT_GT(seconds_of(resumed), 170);
  EXPECT_LE(seconds_of(resumed), 200) << "what was spent before counts";
}

TEST_F(Campaigns, ChooseSamplesByCostAndSayWhy) {
  const auto samples_after = [&](double start_s) {
    results_.launches.clear();
    results_.samples.clear();
    for (Point& point : results_.points) point.state = State::pending;
    FakeMachine machine = amdahl_machine(1.0, 0.1);
    machine.start_s = start_s;
    machine.launch_noise = machine.sample_noise = 0.01;
    run(machine);
    EXPECT_EQ(results_.launches.front().sampling, "the first launch");
    const Launch& last = results_.launches.back();
    EXPECT_NE(last.sampling.find("a sample; variance between launches"), std::string::npos)
        << last.sampling;
    return last.header["samples"].get<std::int64_t>();
  };
  EXPECT_LE(samples_after(0.1), 2);
  EXPECT_GE(samples_after(60), 5);
  for (std::int64_t point = 0; point < 4; ++point) {
    const double truth = 0.1 + 0.9 / static_cast<double>(point + 1);
    EXPECT_NEAR(summarize(results_, point).median_s, truth, 0.03 * truth)
        << "launches with different numbers of samples weigh alike";
  }
}

TEST_F(Campaigns, TakeTheNumberOfSamplesThatIsGiven) {
  measuring_.choose_samples = false;
  measuring_.samples = 3;
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.start_s = 50;
  run(machine);
  for (const Launch& launch : results_.launches) {
    EXPECT_EQ(launch.header["samples"], 3);
    EXPECT_EQ(launch.sampling, "");
  }
}

}  // namespace
}  // namespace scalelaw::harness
