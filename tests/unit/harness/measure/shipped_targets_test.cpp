// A target that no run can meet teaches people to ignore it: those of the shipped configs, and the
// default, are met on an ordinary machine.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <span>
#include <string>

#include "harness/config/parse.hpp"
#include "harness/measure/verdict.hpp"

namespace scalelaw::harness {
namespace {

/// How many of 60 points converge whose launches stray by so much.
int converging(const Measuring& measuring, double noise) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  int count = 0;
  for (int point = 0; point < 60; ++point) {
    Tally tally;
    while (needs_launch(tally, measuring)) {
      Sample sample;
      sample.total_s = std::exp(noise * normal(random));
      tally.add(Launch{}, std::span(&sample, 1));
    }
    count += state_of(tally, measuring) == State::converged ? 1 : 0;
  }
  return count;
}

constexpr double ordinary = 0.02;  // standard deviation of the logarithm of a launch's time
constexpr std::int64_t fewest_for_interval = 6;

TEST(ShippedTargets, AreMetOnAnOrdinaryMachine) {
  int configs = 0;
  const std::filesystem::path folder = std::filesystem::path(SCALELAW_SOURCE_DIR) / "configs";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const Measuring measuring = load_campaign(file.path().string()).measuring;
    if (measuring.launches_max < fewest_for_interval) continue;  // no interval, no target
    ++configs;
    EXPECT_GE(converging(measuring, ordinary), 54) << file.path();
  }
  EXPECT_GT(configs, 5);
  EXPECT_GE(converging(Measuring{}, ordinary), 54) << "the defaults";
}

TEST(ShippedTargetsNegativeControl, SixLaunchesDoNotMeetTwoPercent) {
  Measuring measuring;
  measuring.launches_max = 6;
  EXPECT_LT(converging(measuring, ordinary), 30);
}

}  // namespace
}  // namespace scalelaw::harness
