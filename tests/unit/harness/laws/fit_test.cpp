#include "harness/laws/fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/laws/efficiency.hpp"
#include "harness/laws/reach.hpp"
#include "harness/laws/series.hpp"

namespace scalelaw::harness {
namespace {

Observation exactly(const Load& load, double time) {
  return {load, log_time(std::vector{time * 0.999, time, time * 1.001})};
}

std::vector<Observation> sample(const Law& law, std::vector<double> theta,
                                const std::vector<double>& workers, bool weak = false) {
  const Eigen::VectorXd truth =
      Eigen::Map<Eigen::VectorXd>(theta.data(), static_cast<Eigen::Index>(theta.size()));
  std::vector<Observation> out;
  for (const double p : workers) {
    const Load load{p, p, weak ? p : 1, 0.01 * (p - 1)};
    out.push_back(exactly(load, seconds(law, truth, load)));
  }
  return out;
}

TEST(LawFit, FindsTheParametersOfExactTimes) {
  struct Case {
    const Law* law;
    std::vector<double> theta;
    bool weak;
  };
  for (const Case& c :
       {Case{&amdahl(), {0.2, 1.8}, false}, Case{&gustafson(), {0.05, 0.45}, true},
        Case{&universal_scalability(), {3, 0.06, 0.003}, false},
        Case{&latency_bandwidth(), {0.02, 1}, false}, Case{&latency_bandwidth_weak(), {1}, true},
        Case{&combine_tree(), {0.02, 1, 0.004}, false},
        Case{&combine_tree_weak(), {1, 0.01}, true}}) {
    const LawFit fit(*c.law, sample(*c.law, c.theta, {1, 2, 4, 8, 16}, c.weak), {{}, {1e-6, 5}});
    ASSERT_TRUE(fit.identifiable()) << fit.reason();
    const auto truth = c.law->values(c.theta);
    const auto estimates = fit.estimates();
    for (std::size_t j = 0; j < truth.size(); ++j) {
      EXPECT_NEAR(estimates[j].value, truth[j], 1e-5 * truth[j])
          << c.law->name << " " << estimates[j].name;
    }
    EXPECT_NEAR(fit.goodness(), 1, 1e-9);
    EXPECT_FALSE(fit.lacks_fit());
  }
}

TEST(LawFit, GivesAmdahlsAndGustafsonsOwnSpeedups) {
  const LawFit strong(amdahl(), sample(amdahl(), {0.1, 0.9}, {1, 2, 4}));
  EXPECT_NEAR(strong.seconds({}) / strong.seconds({1024, 1024, 1}), 1 / (0.1 + 0.9 / 1024), 1e-3);
  const LawFit weak(gustafson(), sample(gustafson(), {0.1, 0.9}, {1, 2, 4}, true));
  const double p = 64;
  EXPECT_NEAR(p * weak.seconds({}) / weak.seconds({p, p, p}), p - 0.1 * (p - 1), 1e-3);
}

TEST(LawFit, NeedsAsManyWorkerCountsAsParameters) {
  const LawFit one(amdahl(), sample(amdahl(), {0.1, 0.9}, {2, 2, 2}));
  EXPECT_FALSE(one.identifiable());
  EXPECT_EQ(one.reason(), "2 parameters need 2 distinct worker counts, there is 1");
  EXPECT_TRUE(one.estimates().empty());
  EXPECT_FALSE(
      LawFit(universal_scalability(), sample(amdahl(), {0.1, 0.9}, {1, 2, 2})).identifiable());
}

TEST(LawFit, IsTestedOnlyByMoreWorkerCountsThanParameters) {
  const LawFit two(amdahl(), sample(amdahl(), {0.1, 0.9}, {1, 2}));
  ASSERT_TRUE(two.identifiable());
  EXPECT_FALSE(two.testable());
  EXPECT_TRUE(std::isnan(two.goodness()));
  EXPECT_NEAR(two.estimates()[1].value, 0.1, 1e-6);
  EXPECT_TRUE(two.estimates()[1].interval);
  EXPECT_FALSE(LawFit(amdahl(), sample(amdahl(), {0.1, 0.9}, {1, 2, 2, 2})).testable());
  EXPECT_TRUE(LawFit(amdahl(), sample(amdahl(), {0.1, 0.9}, {1, 2, 3})).testable());
}

TEST(LawFit, DoesNotPretendThatAnImpossibleParameterFits) {
  // Two workers slower than one: no s from 0 to 1 says so.
  for (const std::vector<double>& launches :
       {std::vector{1.49, 1.5, 1.51}, std::vector{1.5}}) {  // with noise known, and without
    std::vector<double> one;
    for (const double t : launches) one.push_back(t / 1.5);
    const LawFit fit(amdahl(), {{{1, 1, 1}, log_time(one)}, {{2, 2, 1}, log_time(launches)}});
    EXPECT_FALSE(fit.identifiable());
    EXPECT_EQ(fit.reason(), "2 distinct worker counts would need a parameter outside its bounds");
  }
}

/// Two times determine Amdahl's law: the serial fraction is Karp and Flatt's, and the curve goes
/// through both times, in all digits and not nearly.
TEST(LawFit, OfTwoWorkerCountsIsKarpAndFlattsToTheLastBit) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> share(0.001, 1), exponent(-9, 4);
  std::uniform_int_distribution<int> workers(2, 4096), launches(1, 9);
  const auto times_of = [&](double time_s) {
    std::vector<double> times_s(static_cast<std::size_t>(launches(random)));
    for (double& t : times_s) t = time_s * (1 + 1e-4 * share(random));
    return times_s;
  };
  int solved = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    const double p = workers(random), s = share(random), one_s = std::pow(10, exponent(random));
    const auto one = times_of(one_s), many = times_of(one_s * (s + (1 - s) / p));
    std::vector<Observation> observations{{{1, 1, 1}, log_time(one)}, {{p, 1, 1}, log_time(many)}};
    if (trial % 2 == 1) std::swap(observations[0], observations[1]);
    const LawFit fit(amdahl(), observations);
    if (!fit.meets_every_point()) continue;
    ++solved;
    const double speedup = measured_speedup(median(one), median(many), 1);
    EXPECT_EQ(fit.estimates()[0].value, median(one));
    EXPECT_EQ(fit.estimates()[1].value, karp_flatt(speedup, p));
    EXPECT_EQ(fit.seconds({1, 1, 1}), median(one));
    EXPECT_EQ(fit.seconds({p, 1, 1}), median(many));
    EXPECT_NEAR(fit.estimates()[1].value, s, 1e-2);
  }
  EXPECT_GT(solved, 1900);
}

TEST(LawFit, StaysWithinItsBounds) {
  // Faster than linear: no serial fraction is small enough.
  std::vector<Observation> superlinear;
  for (const double p : {1.0, 2.0, 4.0, 8.0})
    superlinear.push_back(exactly({p, p, 1}, std::pow(p, -1.2)));
  for (const Law* law : {&amdahl(), &universal_scalability()}) {
    const LawFit fit(*law, superlinear);
    for (const Estimate& e : fit.estimates()) {
      EXPECT_GE(e.value, 0) << e.name;
      EXPECT_GE(e.interval->low, 0) << e.name;
    }
    EXPECT_EQ(fit.estimates()[1].value, 0);
    EXPECT_TRUE(fit.lacks_fit());
  }
  // Slower with every worker: no more serial than wholly.
  std::vector<Observation> slowing;
  for (const double p : {1.0, 2.0, 4.0}) slowing.push_back(exactly({p, p, 1}, 1 + 0.1 * p));
  EXPECT_EQ(LawFit(amdahl(), slowing).estimates()[1].value, 1);
}

TEST(LawFit, WidensWherePlacementsOfOneWorkerCountDiffer) {
  // One rank of two threads, and two ranks of one: the law cannot tell them apart.
  const LawFit fit(amdahl(),
                   {exactly({1, 1, 1}, 1), exactly({2, 1, 1}, 0.55), exactly({2, 2, 1}, 0.6)});
  ASSERT_TRUE(fit.identifiable());
  EXPECT_FALSE(fit.testable());
  EXPECT_TRUE(fit.lacks_fit());
  EXPECT_GT(fit.estimates()[1].interval->high - fit.estimates()[1].interval->low, 0.1);
}

TEST(LawFit, WidensWhereTheLawIsWrong) {
  const auto times = sample(universal_scalability(), {1, 0.02, 0.01}, {1, 2, 4, 8, 16});
  const LawFit wrong(amdahl(), times), right(universal_scalability(), times);
  EXPECT_TRUE(wrong.lacks_fit());
  EXPECT_FALSE(right.lacks_fit());
  const Load far{64, 64, 1};
  const auto wide = wrong.band_s(far, wrong.typical_noise());
  EXPECT_GT(wide->high / wide->low, 1.1);
}

TEST(LawFit, HasNoIntervalsFromSingleLaunches) {
  std::vector<Observation> single;
  for (const double p : {1.0, 2.0, 4.0}) {
    single.push_back({{p, p, 1}, log_time(std::vector{0.1 + 0.9 / p})});
  }
  const LawFit fit(amdahl(), single);
  ASSERT_TRUE(fit.identifiable());
  EXPECT_NEAR(fit.estimates()[1].value, 0.1, 1e-9);
  EXPECT_FALSE(fit.estimates()[1].interval);
  EXPECT_FALSE(fit.band_s({8, 8, 1}, {}));
}

/// Times that no program has, as a damaged file may: a fit says that it is none, and does not throw.
TEST(LawFit, SurvivesTimesOfAnySize) {
  const std::vector<double> sizes{1e-300, 1e-9, 1, 1e300};
  std::size_t identified = 0;
  for (const Law* law : all_laws()) {
    for (const double one : sizes) {
      for (const double two : sizes) {
        for (const double four : sizes) {
          std::vector<Observation> observations;
          double p = 1;
          for (const double time : {one, two, four}) {
            const std::vector<double> launches{time, 1.01 * time, 0.99 * time};
            observations.push_back({{.workers = p, .ranks = p, .work = 1}, log_time(launches)});
            p *= 2;
          }
          const LawFit fit(*law, observations);
          if (!fit.identifiable()) continue;
          ++identified;
          for (const Observation& o : observations) EXPECT_GT(fit.seconds(o.load), 0) << law->name;
        }
      }
    }
  }
  EXPECT_GT(identified, 100U);
}

TEST(LawFit, GivesTheSameNumbersEveryTime) {
  const auto observations = sample(amdahl(), {0.1, 0.9}, {1, 2, 4, 8});
  const auto a = LawFit(amdahl(), observations).estimates();
  const auto b = LawFit(amdahl(), observations).estimates();
  EXPECT_EQ(a[1].interval->low, b[1].interval->low);
  EXPECT_EQ(a[1].interval->high, b[1].interval->high);
}

/// What docs/laws.md says of a fit, done by hand for two terms: the sum of ((T_i -
/// T(p_i))/T_i)^2 is least where its derivatives are zero, or, when that makes a term negative,
/// where one is.
std::pair<double, double> amdahl_by_hand(const std::vector<double>& p,
                                         const std::vector<double>& t) {
  double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double a = 1 / t[i], b = 1 / p[i] / t[i];
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a;
    by += b;
  }
  double serial = (ay * bb - by * ab) / (aa * bb - ab * ab);
  double shared = (by * aa - ay * ab) / (aa * bb - ab * ab);
  if (serial < 0 || shared < 0) {
    const double only_serial = ay / aa, only_shared = by / bb;
    const bool serial_is_better = ay * only_serial > by * only_shared;
    serial = serial_is_better ? only_serial : 0;
    shared = serial_is_better ? 0 : only_shared;
  }
  return {serial + shared, serial / (serial + shared)};
}

/// Also where the law is far from the points: no step is missing from the description.
TEST(LawFit, IsRecomputedByHandFromItsDescription) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> factor(0.4, 2.5);
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<double> p{1, 2, 4, 8};
    std::vector<double> t;
    std::vector<Observation> observations;
    for (const double workers : p) {
      t.push_back((0.1 + 0.9 / workers) * factor(random));
      observations.push_back(exactly({workers, workers, 1}, t.back()));
    }
    const auto [one_worker_s, share] = amdahl_by_hand(p, t);
    const auto estimates = LawFit(amdahl(), observations).estimates();
    EXPECT_NEAR(estimates[0].value, one_worker_s, 1e-9 * one_worker_s);
    EXPECT_NEAR(estimates[1].value, share, 1e-9);
  }
}

TEST(Reach, FindsWhereWorkersStopPaying) {
  const LawFit usl(universal_scalability(),
                   sample(universal_scalability(), {1, 0.04, 0.001}, {1, 2, 4, 8, 16}));
  Series series;
  Point point;
  series.first = &point;
  series.members.resize(1);
  EXPECT_NEAR(peak_workers(usl, series).value, std::sqrt(0.96 / 0.001), 0.05);
  const LawFit plain(amdahl(), sample(amdahl(), {0.1, 0.9}, {1, 2, 4, 8}));
  EXPECT_TRUE(std::isinf(peak_workers(plain, series).value));
  // S/p = 1/(s p + 1 - s) = 1/2 at p = 1 + 1/s.
  EXPECT_NEAR(half_efficiency_workers(plain, series).value, 11, 0.01);
}

/// The closed form of a law's peak is where its own time is least.
TEST(Reach, PeaksWhereTheLawsTimeIsLeast) {
  for (const auto& [law, theta] :
       {std::pair{&universal_scalability(), std::vector{1.0, 0.04, 0.001}},
        std::pair{&combine_tree(), std::vector{0.02, 1.0, 0.004}}}) {
    const double peak = law->peak({.theta = theta});
    ASSERT_GT(peak, 2) << law->name;
    const Eigen::VectorXd terms = Eigen::Map<const Eigen::VectorXd>(theta.data(), 3);
    // Ranks that are powers of two: between them a tree has steps that the closed form smooths.
    const auto time = [&](double p) { return seconds(*law, terms, {p, p, 1, 0}); };
    const double at = std::exp2(std::round(std::log2(peak)));
    EXPECT_LT(time(at), time(at / 2)) << law->name;
    EXPECT_LT(time(at), time(2 * at)) << law->name;
  }
}

TEST(Laws, NameEachParameterByASymbolOfTheirFormula) {
  for (const Law* law : all_laws()) {
    EXPECT_EQ(law->values({std::vector<double>(law->parameters.size(), 0.5)}).size(),
              law->parameters.size());
    EXPECT_EQ(law->basis({}).size(), law->parameters.size()) << law->name;
    EXPECT_NE(law->applies, nullptr) << law->name;
    for (const Parameter& parameter : law->parameters) {
      EXPECT_FALSE(parameter.symbol.empty()) << law->name << " " << parameter.name;
      if (parameter.symbol == "T1") continue;  // speedups have none
      EXPECT_NE(law->formula.find(parameter.symbol), std::string_view::npos)
          << law->formula << " " << parameter.symbol;
    }
  }
}

/// Series get their laws from the folder, the simplest first.
TEST(Laws, AreChosenByScalingAndModel) {
  const auto expect = [](Scaling scaling, const Model& model, const std::string& applies,
                         const std::string& not_that) {
    std::string names;
    for (const Law* law : laws_for(scaling, model)) names += std::string(law->name) + " ";
    EXPECT_TRUE(names.starts_with(applies)) << names;
    EXPECT_EQ(names.find(not_that), std::string::npos) << names;
  };
  const Model threads{.name = "t", .title = "T", .threaded = true};
  const Model ranks{.name = "r", .title = "R", .ranked = true};
  const Model both{.name = "b", .title = "B", .ranked = true, .threaded = true};
  expect(Scaling::strong, threads, "amdahl usl ", "latency_bandwidth");
  expect(Scaling::strong, both, "amdahl usl latency_bandwidth ", "combine_tree");
  expect(Scaling::strong, ranks, "amdahl usl latency_bandwidth combine_tree ", "gustafson");
  expect(Scaling::weak, threads, "gustafson ", "latency_bandwidth");
  expect(Scaling::weak, both, "gustafson latency_bandwidth ", "combine_tree");
  expect(Scaling::weak, ranks, "gustafson latency_bandwidth combine_tree ", "amdahl");
}

TEST(Reach, FindsWhereMessagesEatWhatIsGained) {
  Point point;
  Series series;
  series.first = &point;
  series.members.resize(1);
  series.exchange = Exchange{.latency_s = 1e-3, .bandwidth_bytes_per_s = 1e9, .bytes = 1e8};
  std::vector<Observation> observations;
  for (const double p : {1.0, 2.0, 4.0, 8.0}) {
    const Load load = load_of(series, p);
    observations.push_back(exactly(load, 1 / p + load.exchange_s));
  }
  const LawFit fit(latency_bandwidth(), observations, {{}, {1e-4, 5}});
  // d/dp (1/p + L log2 p - D/(B p)) = 0 at p = (1 - D/B) ln 2/L.
  EXPECT_NEAR(peak_workers(fit, series).value, 0.9 * std::log(2.0) / 1e-3, 1);
  const double half = half_efficiency_workers(fit, series).value;
  const auto efficiency = [&](double p) { return 1 / p / (1 / p + load_of(series, p).exchange_s); };
  EXPECT_GT(efficiency(half * 0.99), 0.5);
  EXPECT_LT(efficiency(half * 1.01), 0.5);
}

}  // namespace
}  // namespace scalelaw::harness
