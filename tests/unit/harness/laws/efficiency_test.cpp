#include "harness/laws/efficiency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "harness/laws/predictions.hpp"
#include "support/laws.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

TEST(KarpFlatt, IsTheSerialFractionOfAmdahlsSpeedup) {
  for (const double s : {0.0, 0.1, 0.5}) {
    for (const double p : {2.0, 3.0, 64.0}) {
      EXPECT_NEAR(karp_flatt(1 / (s + (1 - s) / p), p), s, 1e-12);
    }
  }
  EXPECT_TRUE(std::isnan(karp_flatt(1, 1)));
}

TEST(Pop, IsLoadBalanceTimesCommunication) {
  SyntheticCampaign campaign(1, 2, 0);
  campaign.add(0, "k", models::openmp, {1, 1, 4}, {.prepare_s = 1, .compute_s = 6, .slowest = 1.5});
  const auto pop = pop_efficiency(index_samples(campaign.results()).timed[0]);
  ASSERT_TRUE(pop);
  EXPECT_NEAR(pop->load_balance, 1 / 1.5, 1e-12);
  EXPECT_NEAR(pop->communication, 9.0 / 10, 1e-12);
  EXPECT_NEAR(pop->parallel, 0.6, 1e-12);
}

TEST(SerialShare, IsAllButParallelPhases) {
  SyntheticCampaign campaign(1, 3, 0.05);
  campaign.add(0, "k", models::openmp, {1, 1, 1},
               {.prepare_s = 0.08, .compute_s = 0.9, .combine_s = 0.02});
  const auto share = serial_share(index_samples(campaign.results()).timed[0]);
  ASSERT_TRUE(share);
  EXPECT_NEAR(share->value, 0.1, 1e-12);
}

/// What the samples of a record say when all phases but those named are absent.
Results one_and_two_workers(const SyntheticPhases& phases, double unaccounted_s = 0) {
  SyntheticCampaign campaign(1, 6, 0.01);
  for (const std::int64_t p : {1, 2, 4}) campaign.add(0, "k", models::openmp, {1, 1, p}, phases);
  for (Sample& sample : campaign.results().samples) sample.total_s += unaccounted_s;
  add_laws(campaign.results());
  return campaign.results();
}

void expect_no_a_priori(const Results& results) {
  EXPECT_FALSE(serial_share(index_samples(results).timed[0]));
  int fitted = 0;
  for (const Prediction& p : results.predictions) {
    EXPECT_NE(p.kind, PredictionKind::a_priori) << p.law << " p=" << p.workers << " " << p.speedup;
    fitted += p.kind == PredictionKind::fitted;
  }
  EXPECT_GT(fitted, 0);
  const auto series = series_of(results, summarize_all(results));
  const SeriesLaws laws = apply_laws(series[0], index_samples(results));
  EXPECT_FALSE(laws.a_priori);
  EXPECT_FALSE(laws.a_priori_missing.empty());
  for (const Prediction& p : extrapolate(series[0], laws, {64, 64, 1, 0})) {
    EXPECT_NE(p.kind, PredictionKind::a_priori);
  }
}

TEST(SerialShare, IsUnknownWithoutASerialPhase) {
  expect_no_a_priori(one_and_two_workers({.compute_s = 1}));
}

TEST(SerialShare, IsUnknownWithoutAComputePhase) {
  expect_no_a_priori(one_and_two_workers({.combine_s = 1}));
}

TEST(SerialShare, IsUnknownWithoutPhases) {
  for (const bool named : {false, true}) {
    Results results = one_and_two_workers({.prepare_s = 0.1, .compute_s = 0.9});
    for (Sample& sample : results.samples) {
      sample.phases = named ? phase_times(0, 0, 0) : std::vector<PhaseTime>{};
    }
    results.fits.clear();
    results.predictions.clear();
    add_laws(results);
    expect_no_a_priori(results);
  }
}

/// A driver that tells its totals alone has neither efficiencies nor a waterfall.
TEST(Pop, IsUnknownWithoutPhases) {
  Results results = one_and_two_workers({.prepare_s = 0.1, .compute_s = 0.9});
  const auto parts_known = [&] {
    const SampleIndex samples = index_samples(results);
    const bool lost = waterfall({.timed = samples.timed[1],
                                 .diagnostic = {},
                                 .one_timed = samples.timed[0],
                                 .one_diagnostic = {},
                                 .workers = 2,
                                 .work = 1,
                                 .efficiency = 0.9,
                                 .bandwidth_per_worker = {}})
                          .has_value();
    EXPECT_EQ(pop_efficiency(samples.timed[1]).has_value(), lost);
    return lost;
  };
  EXPECT_TRUE(parts_known());
  for (Sample& sample : results.samples) {
    sample.phases.clear();
    for (RankTimes& rank : sample.ranks) rank.phases.clear();
  }
  EXPECT_FALSE(parts_known());
}

/// Laws ask for roles: names and numbers of phases are the driver's own.
TEST(SerialShare, KnowsAnyPhasesByTheirRoles) {
  Results results = one_and_two_workers({.prepare_s = 0.1, .compute_s = 0.9});
  for (Sample& sample : results.samples) {
    sample.total_s = 10;
    sample.phases = {{"open", Role::serial, 0.5},
                     {"first half", Role::parallel, 4},
                     {"swap", Role::transfer, 0.3},
                     {"second half", Role::parallel, 5},
                     {"close", Role::serial, 0.2}};
  }
  const auto share = serial_share(index_samples(results).timed[0]);
  ASSERT_TRUE(share);
  EXPECT_NEAR(share->value, 0.1, 1e-12);
}

TEST(SerialShare, IsUnknownWherePhasesAreButPartOfTheTime) {
  expect_no_a_priori(one_and_two_workers({.prepare_s = 0.1, .compute_s = 0.9}, 1));
}

TEST(SerialShare, PredictsWhereItIsKnown) {
  int a_priori = 0;
  for (const Prediction& p : one_and_two_workers({.prepare_s = 0.1, .compute_s = 0.9}).predictions)
    a_priori += p.kind == PredictionKind::a_priori;
  EXPECT_EQ(a_priori, 2);
}

/// Points at 1 and 4 workers whose phases are known, and the waterfall of the second.
Waterfall waterfall_of(Model model, const Placement& placement, const SyntheticPhases& one,
                       const SyntheticPhases& many, std::optional<double> bandwidth = {}) {
  SyntheticCampaign campaign(1, 2, 0);
  campaign.add(0, "k", model, {1, 1, 1}, one);
  campaign.add(0, "k", model, placement, many);
  const SampleIndex samples = index_samples(campaign.results());
  const double p = static_cast<double>(placement.workers());
  const double speedup = samples.timed[0][0]->total_s / samples.timed[1][0]->total_s;
  const auto out =
      waterfall({samples.timed[1], {}, samples.timed[0], {}, p, 1, speedup / p, bandwidth});
  EXPECT_TRUE(out);
  double sum = 0;
  for (const double part : parts_of(*out)) sum += part;
  EXPECT_NEAR(sum, out->loss, 1e-12);
  EXPECT_NEAR(out->loss, 1 - speedup / p, 1e-12);
  return *out;
}

TEST(WaterfallParts, NameTheSerialPart) {
  // 0.1 s serial repeated by all: T(4) = 0.1 + 0.9/4; three quarters of the serial time is lost.
  const Waterfall w = waterfall_of(models::mpi, {1, 4, 1}, {.prepare_s = 0.1, .compute_s = 0.9},
                                   {.prepare_s = 0.1, .compute_s = 0.225});
  EXPECT_NEAR(w.serial, 0.3 / (4 * 0.325), 1e-12);
  EXPECT_NEAR(w.serial, w.loss, 1e-12);
  EXPECT_NEAR(w.imbalance + w.wait + w.transfer + w.memory + w.unexplained, 0, 1e-12);
}

TEST(WaterfallParts, NameImbalanceOfThreadsAndOfRanks) {
  for (const auto& [model, placement] :
       {std::pair{models::openmp, Placement{1, 1, 4}}, std::pair{models::mpi, Placement{1, 4, 1}},
        std::pair{models::hybrid, Placement{1, 2, 2}}}) {
    const Waterfall w =
        waterfall_of(model, placement, {.compute_s = 1}, {.compute_s = 0.25, .slowest = 1.4});
    EXPECT_NEAR(w.imbalance, 1 - 1 / 1.4, 1e-12) << model.name;
    EXPECT_NEAR(w.imbalance, w.loss, 1e-12) << model.name;
  }
}

TEST(WaterfallParts, NameTransfer) {
  const Waterfall w = waterfall_of(models::mpi, {1, 4, 1}, {.compute_s = 1},
                                   {.compute_s = 0.25, .combine_s = 0.05});
  EXPECT_NEAR(w.transfer, 0.05 / 0.3, 1e-12);
  EXPECT_NEAR(w.transfer, w.loss, 1e-12);
}

TEST(WaterfallParts, BlameTheMemoryOnlyAsFarAsItsCeilingFell) {
  const SyntheticPhases one{.compute_s = 1}, slow{.compute_s = 0.5};  // half of the speed of four
  EXPECT_NEAR(waterfall_of(models::openmp, {1, 1, 4}, one, slow).unexplained, 0.5, 1e-12);
  EXPECT_NEAR(waterfall_of(models::openmp, {1, 1, 4}, one, slow, 0.5).memory, 0.5, 1e-12);
  const Waterfall partly = waterfall_of(models::openmp, {1, 1, 4}, one, slow, 0.8);
  EXPECT_NEAR(partly.memory, 0.2, 1e-12);
  EXPECT_NEAR(partly.unexplained, 0.3, 1e-12);
}

/// Ranks that end compute late for no reason of their own work: only diagnostic samples tell that
/// from the transfer.
TEST(WaterfallParts, ReadWaitAndTransferFromDiagnosticSamples) {
  const auto sample = [](bool diagnostic, double wait_s, double combine_s) {
    Sample s;
    s.diagnostic = diagnostic;
    s.total_s = 0.3;
    for (std::int64_t rank = 0; rank < 4; ++rank) {
      RankTimes times;
      times.phases = phase_times(0, 0.25, combine_s);
      times.wait_s = wait_s;
      times.busy_s = {0.25};
      s.ranks.push_back(times);
    }
    return s;
  };
  const Sample timed = sample(false, 0, 0.05), diagnostic = sample(true, 0.03, 0.02);
  Sample one;
  one.total_s = 1;
  one.ranks.push_back({.phases = phase_times(0, 1, 0), .busy_s = {1}});
  const double efficiency = 1 / 0.3 / 4;
  const auto told = waterfall({{&timed}, {&diagnostic}, {&one}, {}, 4, 1, efficiency, {}});
  ASSERT_TRUE(told);
  EXPECT_NEAR(told->wait, 0.03 / 0.3, 1e-12);
  EXPECT_NEAR(told->transfer, 0.02 / 0.3, 1e-12);
  EXPECT_NEAR(told->unexplained, 0, 1e-12);
  const auto guessed = waterfall({{&timed}, {}, {&one}, {}, 4, 1, efficiency, {}});
  EXPECT_NEAR(guessed->transfer, 0.05 / 0.3, 1e-12);
}

/// A random sample of four ranks of two threads that all start and end together; their last
/// transfer holds the wait, as in every timed sample.
Sample random_sample(std::mt19937_64& random) {
  std::uniform_real_distribution<double> draw(0, 1);
  Sample sample;
  double slowest = 0;
  for (std::int64_t rank = 0; rank < 4; ++rank) {
    RankTimes times;
    times.rank = rank;
    times.busy_s = {draw(random), draw(random)};
    const double compute_s =
        std::max(times.busy_s[0], times.busy_s[1]) + draw(random);  // fork, join
    times.phases = phase_times(0.1, compute_s, 0);
    slowest = std::max(slowest, compute_s);
    sample.ranks.push_back(times);
  }
  const double exchange_s = draw(random);
  for (RankTimes& times : sample.ranks) {
    times.wait_s = slowest - times.phases[1].seconds;
    times.phases[2].seconds = times.wait_s + exchange_s;
    times.total_s = seconds_of(times.phases);
  }
  sample.total_s = sample.ranks[0].total_s;
  return sample;
}

TEST(Waterfall, CountsEverySecondOnce) {
  std::mt19937_64 random(11);
  Sample one;
  one.total_s = 8;
  one.ranks.push_back({.phases = phase_times(0, 8, 0), .total_s = 8, .busy_s = {8}});
  for (int i = 0; i < 50; ++i) {
    const Sample sample = random_sample(random);
    double busy = 0;
    for (const RankTimes& rank : sample.ranks) busy += rank.busy_s[0] + rank.busy_s[1];
    const double whole = 8 * sample.total_s;
    const auto told = waterfall({.timed = {&sample},
                                 .diagnostic = {},
                                 .one_timed = {&one},
                                 .one_diagnostic = {},
                                 .workers = 8,
                                 .work = 1,
                                 .efficiency = 8 / whole,
                                 .bandwidth_per_worker = {}});
    ASSERT_TRUE(told);
    // What is left is the workers' own busy time beside that of the one worker, to the last bit.
    EXPECT_NEAR(told->unexplained, (busy - 8) / whole, 1e-12);
    for (const double part : {told->imbalance, told->wait, told->transfer}) EXPECT_GE(part, -1e-12);
  }
}

/// What is sent before a rank's last items cannot hold its wait; what comes after does.
TEST(Waterfall, FindsTheWaitInTheTransferAfterTheLastParallelPhase) {
  Sample one, two;
  one.total_s = 8;
  one.ranks.push_back({.phases = {{"work", Role::parallel, 8}}, .total_s = 8, .busy_s = {8}});
  two.total_s = 5;
  for (const double wait_s : {0.0, 1.0}) {
    const double second_s = 2 - wait_s;
    two.ranks.push_back({.phases = {{"send", Role::transfer, 0.4},
                                    {"work", Role::parallel, 2},
                                    {"swap", Role::transfer, 0.1},
                                    {"more work", Role::parallel, second_s},
                                    {"gather", Role::transfer, 0.3 + wait_s},
                                    {"write", Role::serial, 0.2}},
                         .wait_s = wait_s,
                         .total_s = 5,
                         .busy_s = {2 + second_s}});
  }
  const auto lost = waterfall({.timed = {&two},
                               .diagnostic = {},
                               .one_timed = {&one},
                               .one_diagnostic = {},
                               .workers = 2,
                               .work = 1,
                               .efficiency = 0.8,
                               .bandwidth_per_worker = {}});
  ASSERT_TRUE(lost);
  EXPECT_NEAR(lost->transfer, 2 * (0.4 + 0.1 + 0.3) / 10, 1e-12);
  EXPECT_NEAR(lost->imbalance, 1.0 / 10, 1e-12);
  EXPECT_NEAR(lost->serial, 2 * 0.2 / 10, 1e-12);
  EXPECT_NEAR(lost->wait, 0, 1e-12);
}

SyntheticPhases amdahl_phases(double s, double p) {
  return {.prepare_s = s, .compute_s = (1 - s) / p};
}

TEST(Predictions, StandBesideEveryMeasurement) {
  SyntheticCampaign campaign(3, 4, 0.003);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    campaign.add(0, "k", models::openmp, {1, 1, p}, amdahl_phases(0.1, static_cast<double>(p)));
  }
  Results& results = campaign.results();
  add_laws(results);
  int a_priori = 0, fitted = 0, held_out = 0;
  for (const Prediction& p : results.predictions) {
    if (p.law != "amdahl") continue;
    a_priori += p.kind == PredictionKind::a_priori;
    fitted += p.kind == PredictionKind::fitted;
    held_out += p.kind == PredictionKind::held_out;
    EXPECT_NEAR(p.error, (p.speedup - p.measured) / p.measured, 1e-12);
    EXPECT_NEAR(p.speedup, 1 / (0.1 + 0.9 / static_cast<double>(p.workers)), 0.05);
    EXPECT_TRUE(p.inside) << to_string(p.kind) << " " << p.workers;
  }
  EXPECT_EQ(a_priori, 3);
  EXPECT_EQ(fitted, 4);
  EXPECT_EQ(held_out, 1);
  for (const Fit& fit : results.fits) {
    if (fit.law == "amdahl" && fit.parameter == "serial_fraction") {
      EXPECT_NEAR(fit.value, 0.1, 0.01);
      EXPECT_LE(fit.low, 0.1);
      EXPECT_GE(fit.high, 0.1);
    }
  }
}

TEST(Predictions, FindAMeasurementOutsideTheBand) {
  SyntheticCampaign campaign(3, 4, 0.003);
  for (const std::int64_t p : {1, 2, 4}) {
    campaign.add(0, "k", models::openmp, {1, 1, p}, amdahl_phases(0.1, static_cast<double>(p)));
  }
  campaign.add(0, "k", models::openmp, {1, 1, 8}, {.prepare_s = 0.1, .compute_s = 3});
  add_laws(campaign.results());
  for (const Prediction& p : campaign.results().predictions) {
    if (p.kind == PredictionKind::held_out) {
      EXPECT_FALSE(p.inside) << p.law;
      EXPECT_GT(p.error, 0.5);
    }
  }
}

TEST(Predictions, LeaveOversubscribedAndFailedPointsOut) {
  SyntheticCampaign campaign(3, 4, 0.003);
  for (const std::int64_t p : {1, 2, 4}) {
    campaign.add(0, "k", models::mpi, {1, p, 1}, amdahl_phases(0.1, static_cast<double>(p)));
  }
  campaign.add(0, "k", models::mpi, {1, 8, 1}, {.compute_s = 10}).oversubscribed = true;
  campaign.add(0, "k", models::mpi, {1, 16, 1}, {.compute_s = 10}).state = State::wrong_result;
  add_laws(campaign.results());
  for (const Prediction& p : campaign.results().predictions) EXPECT_LE(p.workers, 4);
  for (const Fit& fit : campaign.results().fits) {
    if (fit.law == "amdahl") {
      EXPECT_TRUE(fit.identifiable);
    }
    if (fit.law == "latency_bandwidth") {
      EXPECT_EQ(fit.reason, "no collectives were measured at its placements");
    }
    EXPECT_EQ(std::isnan(fit.value), !fit.identifiable);
  }
}

TEST(Predictions, RankLawsByTheirHeldOutError) {
  SyntheticCampaign campaign(3, 6, 0.002);
  for (const std::int64_t p : {1, 2, 4, 8, 16}) {
    const auto x = static_cast<double>(p);
    campaign.add(0, "k", models::openmp, {1, 1, p},
                 {.compute_s = (1 + 0.03 * (x - 1) + 0.01 * x * (x - 1)) / x});
  }
  const Results& results = campaign.results();
  const auto series = series_of(results, summarize_all(results));
  const SeriesLaws laws = apply_laws(series[0], index_samples(results));
  const auto place = [&](const char* law) {
    return std::find(laws.ranking.begin(), laws.ranking.end(), law);
  };
  ASSERT_NE(place("amdahl"), laws.ranking.end());
  EXPECT_LT(place("usl"), place("amdahl"));
}

TEST(Predictions, UseScaledSpeedupsOnWeakSeries) {
  SyntheticCampaign campaign(5, 4, 0.002);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    const auto x = static_cast<double>(p);
    campaign.add(0, "k", models::openmp, {1, 1, p}, {.prepare_s = 0.1, .compute_s = 0.9}, x * 1e6)
        .scaling = Scaling::weak;
  }
  add_laws(campaign.results());
  for (const Prediction& p : campaign.results().predictions) {
    EXPECT_TRUE(p.law == "gustafson" || p.law == "combined") << p.law;
    const auto x = static_cast<double>(p.workers);
    if (p.kind == PredictionKind::a_priori) {
      EXPECT_NEAR(p.speedup, x - 0.1 * (x - 1), 1e-9);
    }
    EXPECT_NEAR(p.measured, x, 0.02 * x);  // all time is constant: the scaled speedup is p
  }
}

}  // namespace
}  // namespace scalelaw::harness
