// Do 95 % intervals hold the truth in 95 % of campaigns?  Seeded, so the counts never change.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/report/compare.hpp"
#include "support/synthetic.hpp"

namespace scalelaw {
namespace {

constexpr int trials = 500;
constexpr double noise = 0.02;

std::vector<Load> powers_of_two(int count, bool weak) {
  std::vector<Load> loads;
  for (int i = 0; i < count; ++i) {
    const double p = std::pow(2.0, i);
    loads.push_back({p, p, weak ? p : 1, 0});
  }
  return loads;
}

/// A law with known coefficients, and how many points it is seen at.
struct Truth {
  const Law* law;
  std::vector<double> theta;
  int points;
  bool weak;

  [[nodiscard]] double seconds_at(const Load& load) const {
    return seconds(
        *law,
        Eigen::Map<const Eigen::VectorXd>(theta.data(), static_cast<Eigen::Index>(theta.size())),
        load);
  }
  [[nodiscard]] std::vector<Observation> observe(Synthetic& synthetic) const {
    std::vector<Observation> out;
    for (Load load : powers_of_two(points, weak)) {
      load.exchange_s = law->exchanges ? exchange_s(load) : 0;
      out.push_back(synthetic.observe(load, seconds_at(load)));
    }
    return out;
  }
  /// What the messages truly take: some per cent of the time.
  static double exchange_s(const Load& load) { return 0.01 * std::log2(load.ranks); }
};

/// In how many of the trials each parameter's interval holds the truth.
std::map<std::string, int> coverage(const Truth& truth, int launches) {
  const std::vector<double> parameters = truth.law->parameters(truth.theta);
  std::map<std::string, int> covered;
  for (int trial = 1; trial <= trials; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), launches, noise);
    auto observations = truth.observe(synthetic);
    // The exchanges are measured too: all of them by the same factor off.
    const LogTime factor = log_time(synthetic.launch_medians(1));
    for (Observation& o : observations) o.load.exchange_s *= std::exp(factor.mean);
    const auto estimates = LawFit(*truth.law, observations, {{}, factor.noise}).estimates();
    for (std::size_t j = 0; j < estimates.size(); ++j) {
      const Interval& interval = *estimates[j].interval;
      const bool in = interval.low <= parameters[j] && parameters[j] <= interval.high;
      covered[std::string(estimates[j].name)] += in ? 1 : 0;
    }
  }
  return covered;
}

class Coverage : public testing::TestWithParam<std::tuple<Truth, int>> {};

TEST_P(Coverage, OfEveryParameterIsNominal) {
  const auto& [truth, launches] = GetParam();
  for (const auto& [name, covered] : coverage(truth, launches)) {
    EXPECT_GE(covered, trials * 90 / 100) << name;
    EXPECT_LE(covered, trials * 98 / 100) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Laws, Coverage,
    testing::Combine(testing::Values(Truth{&amdahl(), {0.1, 0.9}, 5, false},
                                     Truth{&gustafson(), {0.05, 0.95}, 5, true},
                                     Truth{&universal_scalability(), {1, 0.05, 0.002}, 6, false},
                                     Truth{&latency_bandwidth(), {0.02, 1}, 6, false},
                                     Truth{&latency_bandwidth_weak(), {1}, 5, true},
                                     Truth{&combine_tree(), {0.02, 1, 0.004}, 6, false},
                                     Truth{&combine_tree_weak(), {1, 0.01}, 5, true},
                                     // as many worker counts as parameters
                                     Truth{&amdahl(), {0.15, 0.85}, 2, false},
                                     Truth{&universal_scalability(), {1, 0.3, 0.1}, 3, false}),
                     testing::Values(3, 6)),
    [](const auto& test) {
      const Truth& truth = std::get<0>(test.param);
      return std::string(truth.law->name) + (truth.weak ? "_weak_" : "_strong_") +
             std::to_string(truth.points) + "_points_" + std::to_string(std::get<1>(test.param)) +
             "_launches";
    });

/// At s = 0, where a bootstrap of the bounded estimate would fail, the interval still holds it.
TEST(CoverageAtABound, OfASerialFractionOfZero) {
  const int covered = coverage({&amdahl(), {0, 1}, 5, false}, 6).at("serial_fraction");
  EXPECT_GE(covered, trials * 90 / 100);
}

/// What an interval must not be: the same trials with the noise taken ten times too small.
TEST(CoverageNegativeControl, FindsIntervalsThatAreTooNarrow) {
  int covered = 0;
  for (int trial = 1; trial <= 100; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), 6, noise);
    Truth truth{&amdahl(), {0.1, 0.9}, 5, false};
    auto observations = truth.observe(synthetic);
    for (Observation& o : observations) o.time.noise.variance /= 100;
    const auto noise_model = LawFit(amdahl(), observations);
    if (noise_model.lacks_fit()) continue;  // found by the test of fit
    const auto estimate = noise_model.estimates()[1];
    covered += estimate.interval->low <= 0.1 && 0.1 <= estimate.interval->high;
  }
  EXPECT_LT(covered, 60);
}

TEST(CoverageOfBands, HoldsTheMeasurementThatWasHeldOut) {
  const Truth truth{&amdahl(), {0.1, 0.9}, 5, false};
  int covered = 0;
  for (int trial = 1; trial <= trials; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), 6, noise);
    auto observations = truth.observe(synthetic);
    const Observation last = observations.back();
    observations.pop_back();
    const auto band = LawFit(amdahl(), observations).band_s(last.load, last.time.noise);
    const double measured = std::exp(last.time.mean);
    covered += band->low <= measured && measured <= band->high;
  }
  EXPECT_GE(covered, trials * 90 / 100);
  EXPECT_LE(covered, trials * 98 / 100);
}

class RatioCoverage : public testing::TestWithParam<int> {};

TEST_P(RatioCoverage, IsNominal) {
  int covered = 0;
  for (int trial = 1; trial <= trials; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), GetParam(), noise);
    const auto slow = synthetic.launch_medians(1.3), fast = synthetic.launch_medians(1);
    const Ratio ratio = ratio_over_launches(slow, fast);
    covered += ratio.interval->low <= 1.3 && 1.3 <= ratio.interval->high;
  }
  EXPECT_GE(covered, trials * 90 / 100);
  EXPECT_LE(covered, trials * 98 / 100);
}

/// Launches as machines have them: most near the fastest, some much slower.
std::vector<double> skewed_medians(std::mt19937_64& random, int launches, double true_s,
                                   double scale) {
  std::exponential_distribution<double> delay;
  std::vector<double> medians;
  for (int i = 0; i < launches; ++i) medians.push_back(true_s * (1 + scale * delay(random)));
  return medians;
}

TEST_P(RatioCoverage, IsNominalForSkewedTimes) {
  int covered = 0;
  for (int trial = 1; trial <= trials; ++trial) {
    std::mt19937_64 random(static_cast<std::uint64_t>(trial));
    const auto slow = skewed_medians(random, GetParam(), 1.3, 0.2);
    const auto fast = skewed_medians(random, GetParam(), 1, 0.2);
    const Ratio ratio = ratio_over_launches(slow, fast);
    covered += ratio.interval->low <= 1.3 && 1.3 <= ratio.interval->high;
  }
  EXPECT_GE(covered, trials * 90 / 100);
  EXPECT_LE(covered, trials * 98 / 100);
}

/// MPI's launches differ by more than serial ones: five times as much here.
TEST_P(RatioCoverage, IsNominalForUnequalNoise) {
  int covered = 0;
  for (int trial = 1; trial <= trials; ++trial) {
    const auto seed = static_cast<std::uint64_t>(trial);
    const auto slow = Synthetic(2 * seed, GetParam(), 5 * noise).launch_medians(1.3);
    const auto fast = Synthetic(2 * seed + 1, GetParam(), noise).launch_medians(1);
    const Ratio ratio = ratio_over_launches(slow, fast);
    covered += ratio.interval->low <= 1.3 && 1.3 <= ratio.interval->high;
  }
  EXPECT_GE(covered, trials * 90 / 100);
  EXPECT_LE(covered, trials * 98 / 100);
}

TEST(RatioOverLaunches, HasNoIntervalOfThreeLaunches) {
  const std::vector<double> a{1.0, 1.1, 1.2}, b{2.0, 2.1, 2.2};
  EXPECT_FALSE(ratio_over_launches(a, b).interval);
  EXPECT_DOUBLE_EQ(ratio_over_launches(a, b).value, 1.1 / 2.1);
}

/// Hollander, Wolfe & Chicken's table: of 6 and 6, five pairs are cut at each end, at 95.9 %.
TEST(RatioOverLaunches, CutsAsManyPairsAsTheTables) {
  const std::vector<double> one(6, 1.0), twos{2, 4, 8, 16, 32, 64};
  const Ratio ratio = ratio_over_launches(twos, one);
  // Each quotient stands six times: the sixth smallest of the 36 is the first, the sixth largest
  // the last.
  EXPECT_DOUBLE_EQ(ratio.interval->low, 2);
  EXPECT_DOUBLE_EQ(ratio.interval->high, 64);
  EXPECT_NEAR(ratio.interval->confidence, 0.9589, 0.0001);
}

/// In how many of the trials two runs of the same build are found different.
int false_verdicts(int launches, double tolerance) {
  int wrong = 0;
  for (int trial = 1; trial <= trials; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), launches, noise);
    const auto a = synthetic.launch_medians(1), b = synthetic.launch_medians(1);
    const Change change = judge_change(ratio_over_launches(a, b), tolerance);
    wrong += change == Change::faster || change == Change::slower;
  }
  return wrong;
}

TEST_P(RatioCoverage, FindsNoDifferenceWhereThereIsNone) {
  EXPECT_LE(false_verdicts(GetParam(), 0.005), trials * 5 / 100);
  EXPECT_LE(false_verdicts(GetParam(), default_tolerance), trials / 100);
}

TEST_P(RatioCoverage, FindsARealDifference) {
  int found = 0;
  for (int trial = 1; trial <= 100; ++trial) {
    Synthetic synthetic(static_cast<std::uint64_t>(trial), GetParam(), noise);
    const auto a = synthetic.launch_medians(1.5), b = synthetic.launch_medians(1);
    found += judge_change(ratio_over_launches(a, b), 0.02) == Change::slower;
  }
  EXPECT_GE(found, 95);
}

INSTANTIATE_TEST_SUITE_P(Launches, RatioCoverage, testing::Values(4, 6, 10));

}  // namespace
}  // namespace scalelaw
