// The combined prediction: what it must be whatever the series.
#include "harness/laws/combined.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "harness/laws/distance.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

using Curve = std::function<double(double p)>;

/// One launch at each p: the noise is unknown.
std::vector<Observation> observed(const std::vector<double>& counts, const Curve& seconds,
                                  Scaling scaling = Scaling::strong) {
  std::vector<Observation> out;
  for (const double p : counts) {
    const double times[] = {seconds(p)};
    out.push_back(
        {{.workers = p, .ranks = p, .work = scaling == Scaling::weak ? p : 1}, log_time(times)});
  }
  return out;
}

Load at(double p, Scaling scaling = Scaling::strong) {
  return {.workers = p, .ranks = p, .work = scaling == Scaling::weak ? p : 1};
}

const std::vector<double> doubled{1, 2, 4, 8, 16};

double amdahl_s(double p) {
  return 10 * (0.02 + 0.98 / p);
}

/// Falls, with a wiggle that no continuation follows.
double uneven_s(double p) {
  return 10 / p + 0.3 + 0.1 * std::sin(3 * p);
}

TEST(Continuations, GoOnWithTheCurveThatTheyAreOf) {
  const std::vector<std::pair<std::string, Curve>> curves{
      {"amdahl", amdahl_s},
      {"amdahl_log", [](double p) { return 5 / p + 0.1 + 0.05 * std::log2(p); }},
      {"amdahl_linear", [](double p) { return 5 / p + 0.1 + 0.01 * p; }},
      {"usl", [](double p) { return (5 + 0.2 * (p - 1) + 0.01 * p * (p - 1)) / p; }},
      {"square", [](double p) { return 5 / p + 1 / std::sqrt(p) + 0.02 * std::sqrt(p); }},
      {"square_constant", [](double p) { return 5 / p + 1 / std::sqrt(p) + 0.02; }},
      {"cube", [](double p) { return 5 / p + std::pow(p, -2.0 / 3) + 0.02 * std::log2(p) + 0.1; }},
      {"power", [](double p) { return 5 * std::pow(p, -0.7); }},
      {"last_exponent", [](double p) { return 5 * std::pow(p, -0.7); }}};
  for (const Continuation& continuation : continuations(Scaling::strong)) {
    const auto known = std::find_if(curves.begin(), curves.end(), [&](const auto& curve) {
      return curve.first == continuation.name;
    });
    ASSERT_NE(known, curves.end()) << continuation.name;
    std::vector<TimedCount> counts;
    for (const double p : doubled) counts.push_back({p, std::log(known->second(p))});
    const LogCurve curve = continuation.through(counts);
    const double got = curve(64) - curve(16);
    EXPECT_NEAR(got, std::log(known->second(64) / known->second(16)), 1e-6) << continuation.name;
  }
}

TEST(Combined, IsExactWhereNothingIsLost) {
  const Combined strong(Scaling::strong, observed(doubled, [](double p) { return 7 / p; }));
  EXPECT_NEAR(strong.seconds(at(64)), 7.0 / 64, 1e-9);
  const Combined weak(Scaling::weak, observed(
                                         doubled, [](double) { return 7; }, Scaling::weak));
  EXPECT_NEAR(weak.seconds(at(64, Scaling::weak)), 7, 1e-9);
}

TEST(Combined, IsNearALawThatHolds) {
  const Combined combined(Scaling::strong, observed(doubled, amdahl_s));
  EXPECT_NEAR(combined.seconds(at(32)) / amdahl_s(32), 1, 0.05);
}

TEST(Combined, PassesThroughWhatWasMeasured) {
  const Combined combined(Scaling::strong, observed(doubled, uneven_s));
  for (const double p : doubled) {
    EXPECT_NEAR(combined.seconds(at(p)) / uneven_s(p), 1, 1e-12) << p;
  }
  EXPECT_NEAR(combined.seconds(at(16 * (1 + 1e-9))) / uneven_s(16), 1, 1e-6) << "no jump beyond it";
  const double between = std::sqrt(uneven_s(4) * uneven_s(8));
  EXPECT_NEAR(combined.seconds(at(std::sqrt(32.0))) / between, 1, 1e-12);
}

TEST(Combined, WeighsByHowWellEachPredictedTheLastPoint) {
  for (const Scaling scaling : {Scaling::strong, Scaling::weak}) {
    const Combined combined(scaling, observed(doubled, uneven_s, scaling));
    double sum = 0;
    for (const Combined::Share& a : combined.shares()) {
      sum += a.weight;
      EXPECT_GT(a.weight, 0);
      ASSERT_TRUE(a.miss);
      for (const Combined::Share& b : combined.shares()) {
        const bool better = std::abs(*a.miss) < std::abs(*b.miss);
        const double by_prior = a.weight / a.continuation->prior - b.weight / b.continuation->prior;
        EXPECT_TRUE(!better || by_prior > 0)
            << a.continuation->name << " against " << b.continuation->name;
      }
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Combined, NeedsTwoWorkerCounts) {
  EXPECT_FALSE(Combined(Scaling::strong, observed({4}, amdahl_s)).possible());
  const Combined two(Scaling::strong, observed({4, 8}, amdahl_s));
  ASSERT_TRUE(two.possible());
  for (const Combined::Share& share : two.shares()) {
    EXPECT_FALSE(share.miss);
    EXPECT_EQ(share.weight > 0, share.continuation->parameters <= 2) << share.continuation->name;
  }
  EXPECT_LT(two.seconds(at(16)), amdahl_s(8));
}

TEST(Combined, TakesPlacementsOfOneWorkerCountTogether) {
  std::vector<Observation> observations = observed({1, 2, 4, 4}, uneven_s);
  observations[2].time.centre = std::log(2.0);
  observations[3].time.centre = std::log(8.0);
  EXPECT_NEAR(Combined(Scaling::strong, observations).seconds(at(4)), 4, 1e-12);
}

TEST(Combined, BandGrowsWithTheDistanceAndMoreUpward) {
  const Combined combined(Scaling::strong, observed(doubled, uneven_s));
  EXPECT_FALSE(combined.band_s(at(16), {})) << "neither noise nor distance";
  double before = 0;
  for (const double p : {17.0, 20.0, 32.0, 64.0, 128.0}) {
    const auto band = combined.band_s(at(p), {});
    ASSERT_TRUE(band);
    const double up = std::log(band->high / combined.seconds(at(p)));
    const double down = std::log(combined.seconds(at(p)) / band->low);
    EXPECT_GT(up, down) << p;
    EXPECT_GT(down, 0) << p;
    EXPECT_GT(up, before) << p;
    before = up;
  }
}

TEST(Combined, BandHoldsTheNoise) {
  Synthetic noisy(1, 6, 0.2), quiet(1, 6, 0.001);
  const auto width = [](Synthetic& synthetic, double p) {
    std::vector<Observation> observations;
    for (const double q : doubled) observations.push_back(synthetic.observe(at(q), amdahl_s(q)));
    const Combined combined(Scaling::strong, observations);
    const auto band = combined.band_s(at(p), combined.typical_noise());
    return std::log(band->high / band->low);
  };
  EXPECT_GT(width(noisy, 17), 2 * width(quiet, 17)) << "near the data, noise rules";
  EXPECT_LT(width(quiet, 16), 0.02) << "at a measured point there is no distance";
  EXPECT_GT(width(quiet, 64), 1) << "far away, the distance rules";
}

TEST(Distance, OfAnUnknownPredictorIsThatOfTheSimplestLaw) {
  EXPECT_EQ(&distance_of("latency_bandwidth", Scaling::strong),
            &distance_of("amdahl", Scaling::strong));
  EXPECT_EQ(&distance_of("latency_bandwidth", Scaling::weak),
            &distance_of("gustafson", Scaling::weak));
}

TEST(Distance, WidensOnlyBeyondTheData) {
  const Distance& distance = distance_of("usl", Scaling::strong);
  EXPECT_FALSE(widened(1, std::nullopt, distance, 1));
  const Interval noise{.low = 0.9, .high = 1.1, .confidence = 0.95};
  EXPECT_EQ(widened(1, noise, distance, 0.5)->high, 1.1);
  const auto band = widened(1, noise, distance, 2);
  EXPECT_DOUBLE_EQ(band->low, std::pow(2, -distance.down));
  EXPECT_DOUBLE_EQ(band->high, std::pow(2, distance.up));
  EXPECT_EQ(widened(1, Interval{.low = 1e-3, .high = 1e3, .confidence = 0.95}, distance, 2)->high,
            1e3);
}

TEST(Distance, SaysWhatAnErrorIs) {
  EXPECT_DOUBLE_EQ(Distance::times(1, 2), 2) << "twice as long as predicted";
  EXPECT_DOUBLE_EQ(Distance::times(0.5, 1), 1);
}

}  // namespace
}  // namespace scalelaw::harness
