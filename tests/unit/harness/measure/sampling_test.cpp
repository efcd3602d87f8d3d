// How many samples a launch takes: with known costs and variances, the choice is nearly the best.
#include "harness/measure/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "harness/measure/allocation.hpp"
#include "harness/statistics/statistics.hpp"

namespace scalelaw::harness {
namespace {

/// A program whose costs and variances are known; the variance between samples is 1e-4.
struct Program {
  LaunchCost cost;
  double ratio = 1;  ///< of the variance between launches to that between samples
};

constexpr double within = 0.01;  // standard deviation of the logarithm of a sample

std::vector<double> times_of_launch(const Program& program, std::int64_t samples,
                                    std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  const double launch = std::sqrt(program.ratio) * within * normal(random);
  std::vector<double> times;
  for (std::int64_t i = 0; i < samples; ++i) {
    times.push_back(program.cost.sample_s * std::exp(launch + within * normal(random)));
  }
  return times;
}

LaunchSamples launched(const Program& program, std::int64_t samples, std::mt19937_64& random) {
  Launch launch;
  std::vector<Sample> taken;
  launch.wall_s = program.cost.launch_s;
  for (const double seconds : times_of_launch(program, samples, random)) {
    taken.emplace_back().total_s = seconds;
    launch.wall_s += seconds;
  }
  return launch_samples(launch, taken);
}

/// The number chosen after so many launches, each of which took the number chosen before it.
std::int64_t chosen_after(const Program& program, int launches, std::mt19937_64& random) {
  Measuring ample;
  ample.budget_s = ample.timeout_s = 1e9;
  std::int64_t samples = first_samples(program.cost, ample);
  std::vector<LaunchSamples> taken;
  for (int i = 0; i < launches; ++i) {
    taken.push_back(launched(program, samples, random));
    samples = choose_samples(taken, 1'000'000).samples;
  }
  return samples;
}

double mean_efficiency(const Program& program, int launches) {
  std::mt19937_64 random(1);
  constexpr int rounds = 50;
  double sum = 0;
  for (int round = 0; round < rounds; ++round) {
    sum +=
        sampling_efficiency(program.cost, program.ratio, chosen_after(program, launches, random));
  }
  return sum / rounds;
}

constexpr double costs[] = {0.2, 1, 5, 20, 60};  // of a launch, in samples

TEST(Sampling, EfficiencyIsBestAtTheFormulaOfKaliberaAndJones) {
  const LaunchCost cost{.launch_s = 0.8, .sample_s = 0.05};
  EXPECT_DOUBLE_EQ(sampling_efficiency(cost, 1, 4), 1) << "sqrt(0.8/0.05 x 1)";
  EXPECT_LT(sampling_efficiency(cost, 1, 3), 1);
  EXPECT_LT(sampling_efficiency(cost, 1, 5), 1);
  EXPECT_DOUBLE_EQ(sampling_efficiency(cost, 4, 2), 1);
  EXPECT_DOUBLE_EQ(sampling_efficiency(cost, 100, 1), 1) << "there is no smaller number";
  // Without variance between launches more samples are always better, up to the cost of a launch.
  EXPECT_DOUBLE_EQ(sampling_efficiency(cost, 0, 16), 0.5);
  EXPECT_GT(sampling_efficiency(cost, 0, 160), 0.9);
}

TEST(Sampling, ChoosesWithin20PercentOfTheBestEfficiency) {
  for (const double cost : costs) {
    for (const double ratio : {0.1, 0.3, 1.0, 3.0, 10.0}) {
      const Program program{{.launch_s = cost, .sample_s = 1}, ratio};
      EXPECT_GE(mean_efficiency(program, 8), 0.8) << cost << " " << ratio;
      EXPECT_GE(mean_efficiency(program, 2), 0.5) << cost << " " << ratio << ": still learning";
    }
  }
}

TEST(Sampling, IsGenerousWithAFifthOfTheEfficiency) {
  for (const double cost : costs) {
    const Program program{{.launch_s = cost, .sample_s = 1}, 1};
    std::mt19937_64 random(5);
    std::vector<LaunchSamples> taken;
    for (int i = 0; i < 30; ++i) taken.push_back(launched(program, 10, random));
    const SampleChoice choice = choose_samples(taken, 1000);
    EXPECT_GE(choice.generous, choice.samples);
    EXPECT_GE(sampling_efficiency(program.cost, program.ratio, choice.generous), 0.7) << cost;
  }
}

TEST(Sampling, TakesManySamplesWhereLaunchesDoNotDiffer) {
  for (const double cost : costs) {
    const Program same{{.launch_s = cost, .sample_s = 1}, 0};
    EXPECT_GE(mean_efficiency(same, 8), 0.6) << cost;
    const Program unlike{same.cost, 20};
    std::mt19937_64 random(2);
    EXPECT_LE(chosen_after(unlike, 8, random), std::max(2.0, cost / 4)) << cost;
  }
}

/// The same seconds as used: medians over launches, whose spread is what the intervals show.
TEST(Sampling, NarrowsTheMedianInTheSameTimeAsTheBestNumber) {
  const Program program{{.launch_s = 20, .sample_s = 1}, 0.5};
  const auto squared_error = [&](std::int64_t samples, std::mt19937_64& random) {
    constexpr double budget_s = 400;
    const auto launches = static_cast<int>(
        budget_s / (program.cost.launch_s + static_cast<double>(samples) * program.cost.sample_s));
    std::vector<double> medians;
    for (int i = 0; i < launches; ++i) {
      medians.push_back(median(times_of_launch(program, samples, random)));
    }
    return std::pow(std::log(median(medians) / program.cost.sample_s), 2);
  };
  std::mt19937_64 random(3);
  double chosen = 0, best = 0;
  for (int round = 0; round < 600; ++round) {
    best += squared_error(6, random);  // sqrt(20/0.5) = 6.3
  }
  for (int round = 0; round < 60; ++round) {
    const std::int64_t samples = chosen_after(program, 8, random);
    for (int again = 0; again < 10; ++again) chosen += squared_error(samples, random);
  }
  EXPECT_LT(chosen, best * 1.25);
}

TEST(Sampling, StaysWithinItsBounds) {
  const Program program{{.launch_s = 50, .sample_s = 1}, 0};
  std::mt19937_64 random(4);
  std::vector<LaunchSamples> taken;
  for (int i = 0; i < 6; ++i) taken.push_back(launched(program, 5, random));
  const SampleChoice bounded = choose_samples(taken, 7);
  EXPECT_EQ(bounded.samples, 7);
  EXPECT_NE(bounded.why.find("no more fit the budget"), std::string::npos) << bounded.why;
  EXPECT_GT(choose_samples(taken, 1000).samples, 7);
  EXPECT_LE(choose_samples(taken, 1'000'000'000).samples, 200);
  EXPECT_EQ(choose_samples(taken, 1).samples, 1);
}

TEST(Sampling, CopesWithSamplesThatAreAllEqualAndWithOneInEachLaunch) {
  std::vector<LaunchSamples> equal(4, {.samples = 3, .wall_s = 4, .timed_s = 3});
  EXPECT_GE(choose_samples(equal, 100).samples, 1);
  std::vector<LaunchSamples> single(4, {.samples = 1, .wall_s = 10, .timed_s = 1});
  EXPECT_GE(choose_samples(single, 100).samples, 2) << "nothing is known of the samples' scatter";
}

TEST(Sampling, CountsTheBatchAndNeitherWarmUpsNorDiagnostics) {
  Launch launch;
  launch.wall_s = 2;
  launch.header = {{"batch", 100}};
  std::vector<Sample> samples(3);
  samples[0].total_s = 0.002;
  samples[1].total_s = 0.004;
  samples[2].total_s = 0.5;
  samples[2].diagnostic = true;
  const LaunchSamples taken = launch_samples(launch, samples);
  EXPECT_EQ(taken.samples, 2);
  EXPECT_NEAR(taken.timed_s, 0.6, 1e-12);
  EXPECT_NEAR(taken.mean_log, (std::log(0.002) + std::log(0.004)) / 2, 1e-12);
  EXPECT_NEAR(taken.squares_log, std::pow(std::log(2.0), 2) / 2, 1e-12);
  const LaunchCost cost = cost_of(std::vector{taken});
  EXPECT_NEAR(cost.launch_s, 1.4, 1e-12);
  EXPECT_NEAR(cost.sample_s, 0.3, 1e-12);
}

TEST(FirstSamples, FollowTheCostsAloneWithinTheBudget) {
  const Measuring measuring;
  EXPECT_EQ(first_samples({.launch_s = 0.9, .sample_s = 0.01}, measuring), 9);
  EXPECT_EQ(first_samples({.launch_s = 0.1, .sample_s = 1}, measuring), 2);
  EXPECT_EQ(first_samples({.launch_s = 7, .sample_s = 0.001}, measuring), 20);
  EXPECT_EQ(first_samples({.launch_s = 1, .sample_s = 100}, measuring), 1) << "60 s in all";
  EXPECT_EQ(first_samples({.launch_s = 1, .sample_s = 0}, measuring), 5) << "unknown";
  Measuring fixed;
  fixed.choose_samples = false;
  fixed.samples = 3;
  EXPECT_EQ(first_samples({.launch_s = 0.9, .sample_s = 0.01}, fixed), 3);
}

}  // namespace
}  // namespace scalelaw::harness
