#include "harness/render/advise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/analysis/contest.hpp"
#include "harness/render/predict.hpp"
#include "support/one_line.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Serial: 1 ns an operation.  OpenMP on 2: 10 us to start, MPI on 4: 1 ms; both divide the work.
/// They meet at 2e4 and at 3.96e6 operations.
Results three_strategies(double noise) {
  SyntheticCampaign out(1, 6, noise);
  std::int64_t series = 0;
  for (const double n : {1e3, 1e4, 1e5, 1e6, 1e7, 1e8}) {
    out.add(series++, "k", models::serial, {1, 1, 1}, {.compute_s = 1e-7 + n * 1e-9}, n);
    out.add(series++, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9, .combine_s = 1e-5},
            n);
    out.add(series++, "k", models::mpi, {1, 4, 1}, {.compute_s = n * 0.25e-9, .combine_s = 1e-3},
            n);
  }
  return out.results();
}

TEST(Advise, FindsWinnersAndCrossovers) {
  const auto contests = contests_of(three_strategies(0.01));
  ASSERT_EQ(contests.size(), 1U);
  const Contest& contest = contests[0];
  EXPECT_EQ(contest.size_name, "size");
  EXPECT_EQ(contest.rounds.front().size, "1000");
  std::vector<Model> winners;
  for (const Round& r : contest.rounds) winners.push_back(contest.strategies[r.choice].model);
  EXPECT_EQ(winners, (std::vector<Model>{models::serial, models::serial, models::openmp,
                                         models::openmp, models::mpi, models::mpi}));
  const auto crossovers = crossovers_of(contest);
  ASSERT_EQ(crossovers.size(), 2U);
  const double truths[] = {(1e-5 - 1e-7) / 0.5e-9, (1e-3 - 1e-5) / 0.25e-9};
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(crossovers[i].operations);
    EXPECT_NEAR(crossovers[i].operations->value, truths[i], 0.1 * truths[i]);
    EXPECT_LE(crossovers[i].operations->interval->low, truths[i]);
    EXPECT_GE(crossovers[i].operations->interval->high, truths[i]);
    EXPECT_NEAR(crossovers[i].size->value, crossovers[i].operations->value, 1e-6 * truths[i]);
    EXPECT_TRUE(crossovers[i].agrees);
  }
}

TEST(Advise, SaysWhy) {
  const std::string text = as_text(advise_sections(three_strategies(0.01)));
  EXPECT_NE(text.find("from serial 1x1x1 to openmp 1x1x2 between size = 10000 and 100000"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("why: openmp 1x1x2 costs 10"), std::string::npos) << text;
}

TEST(Advise, ChoosesTheSimplestOfWhatIsNotToldApart) {
  SyntheticCampaign out(1, 6, 0.02);
  for (const double n : {1e3, 1e4, 1e5}) {
    out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1.002e-9}, n);
    out.add(1, "k", models::mpi, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(2, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 1.3e-9}, n);
  }
  const Contest contest = contests_of(out.results()).at(0);
  for (const Round& round : contest.rounds) {
    EXPECT_EQ(contest.strategies[round.choice].model, models::serial);
    ASSERT_EQ(round.tied.size(), 1U);
    EXPECT_EQ(contest.strategies[round.tied[0]].model, models::mpi);
    EXPECT_EQ(contest.strategies[*round.next].model, models::openmp);
  }
  EXPECT_TRUE(crossovers_of(contest).empty());
  const std::string text = as_text(advise_sections(out.results()));
  EXPECT_NE(text.find("tied, but less simple"), std::string::npos) << text;
  EXPECT_NE(text.find("  mpi 1x1x1\n"), std::string::npos) << text;
}

/// Serial, which is fastest up to 1e4, has no time at the sizes of `missing`.
std::vector<Crossover> without_serial_at(const std::vector<double>& missing, Contest& contest) {
  SyntheticCampaign out(1, 8, 0.001);
  for (const double n : {1e3, 3e3, 1e4, 1e5, 1e6}) {
    out.add(0, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9, .combine_s = 1e-5}, n);
    if (std::ranges::find(missing, n) != missing.end()) continue;
    out.add(1, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
  }
  contest = contests_of(out.results()).at(0);
  return crossovers_of(contest);
}

TEST(Advise, ClaimsNoChangeBesideASizeWithoutATime) {
  Contest contest;
  auto found = without_serial_at({1e3}, contest);
  ASSERT_EQ(found.size(), 1U) << "only from serial to threads";
  EXPECT_EQ(contest.strategies[found[0].from].model, models::serial);
  EXPECT_EQ(contest.rounds[found[0].below].size, "10000");
  found = without_serial_at({1e4}, contest);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(contest.rounds[found[0].below].size, "3000") << "reaches over the one without";
  EXPECT_EQ(contest.rounds[found[0].above].size, "100000");
}

/// The next best is certainly slower than the choice, not only than the fastest.
TEST(Advise, NamesANextThatIsCertainlySlower) {
  SyntheticCampaign out(1, 8, 0.001);
  for (const double n : {1e3, 1e4}) {
    out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.999e-9}, n);
    out.add(2, "k", models::mpi, {1, 2, 1}, {.compute_s = n * 1.02e-9}, n);
  }
  Results& results = out.results();
  for (Sample& sample : results.samples) {  // the choice is noisy
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    if (launch.point % 3 == 0) {
      sample.total_s *= 1 + 0.03 * static_cast<double>(launch.block % 8 - 3);
    }
  }
  for (const Round& round : contests_of(results).at(0).rounds) {
    EXPECT_EQ(contests_of(results).at(0).strategies[round.choice].model, models::serial);
    EXPECT_FALSE(round.next) << "MPI may be as fast as serial";
  }
}

/// Many strategies that are alike, on a noisy machine: the fastest of them is the luckiest.
TEST(Advise, IsNotMisledByTheLuckiestOfMany) {
  int rounds = 0, misled = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SyntheticCampaign out(seed, 6, 0.2);
    for (const double n : {1e3, 1e4, 1e5, 1e6}) {
      const SyntheticPhases same{.compute_s = n * 1e-9};
      out.add(0, "k", models::serial, {1, 1, 1}, same, n);
      for (const std::int64_t p : {1, 2, 4}) {
        out.add(1, "k", models::openmp, {1, 1, p}, same, n);
        out.add(2, "k", models::mpi, {1, p, 1}, same, n);
      }
      out.add(3, "k", models::hybrid, {1, 2, 2}, same, n);
    }
    const Contest contest = contests_of(out.results()).at(0);
    for (const Round& round : contest.rounds) {
      ++rounds;
      misled += contest.strategies[round.choice].model != models::serial;
    }
  }
  EXPECT_EQ(rounds, 160);
  EXPECT_LE(misled, rounds * 5 / 100);
}

/// Twice as fast is told apart in spite of the noise, and then the fewest features that do it.
TEST(Advise, PrefersFewerFeaturesAndThenFewerWorkers) {
  SyntheticCampaign out(1, 8, 0.02);
  for (const double n : {1e3, 1e4, 1e5}) {
    out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = n * 2e-9}, n);
    out.add(1, "k", models::mpi, {1, 2, 1}, {.compute_s = n * 1e-9}, n);
    out.add(2, "k", models::hybrid, {1, 1, 2}, {.compute_s = n * 0.99e-9}, n);
    out.add(3, "k", models::openmp, {1, 1, 8}, {.compute_s = n * 0.98e-9}, n);
    out.add(3, "k", models::openmp, {1, 1, 4}, {.compute_s = n * 1e-9}, n);
  }
  const Contest contest = contests_of(out.results()).at(0);
  for (const Round& round : contest.rounds) {
    EXPECT_EQ(contest.strategies[round.choice].model, models::openmp);
    EXPECT_EQ(contest.strategies[round.choice].placement.threads, 4);
    EXPECT_EQ(round.tied.size(), 3U);
    EXPECT_EQ(contest.strategies[*round.next].model, models::serial);
  }
}

TEST(Advise, SaysThatTimesWithoutIntervalsMayBeNoise) {
  SyntheticCampaign out(1, 3, 0.02);
  for (const double n : {1e3, 1e4, 1e5}) {
    out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9}, n);
  }
  EXPECT_FALSE(contests_of(out.results()).at(0).rounds[0].intervals);
  const std::string text = as_text(advise_sections(out.results()));
  EXPECT_NE(text.find("CAUTION: some times have no interval"), std::string::npos) << text;
  EXPECT_EQ(as_text(advise_sections(three_strategies(0.01))).find("no interval"),
            std::string::npos);
}

/// `text` with its lines joined, as a reader reads on.
std::string unwrapped(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// Times that jump by a factor of five between two sizes, on a machine with caches of 1 and 32 MiB.
Results across_a_cache(bool memory_bound) {
  SyntheticCampaign out(1, 6, 0.01);
  Results& results = out.results();
  results.environment["topology.cores"] = "2";
  results.environment["topology.l2"] = "2 x 1048576 bytes";
  results.environment["topology.l3"] = "1 x 33554432 bytes";
  for (const double n : {1e4, 1e5, 1e6, 1e7}) {
    for (const bool threads : {false, true}) {
      const double per_work = (n > 5e5 ? 5e-9 : 1e-9) * (threads ? 0.5 : 1);
      Point& point = out.add(threads ? 1 : 0, "k", threads ? models::openmp : models::serial,
                             {1, 1, threads ? 2 : 1},
                             {.compute_s = n * per_work, .combine_s = threads ? 1e-4 : 0}, n);
      point.work["memory_bound"] = memory_bound;
      point.work["resident_bytes"] = 8 * n;
    }
  }
  return results;
}

TEST(Advise, WarnsWhereALineCrossesTheEdgeOfACache) {
  const std::string text = unwrapped(as_text(advise_sections(across_a_cache(true))));
  EXPECT_NE(
      text.find("CAUTION: from size = 100000 to 1000000 the data of serial 1x1x1, openmp 1x1x2 "
                "go from the cores' own caches to the shared cache"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("from size = 1000000 to 10000000 the data of serial 1x1x1, openmp 1x1x2 go "
                      "from the shared cache to memory"),
            std::string::npos)
      << text;
  const std::string computing = as_text(advise_sections(across_a_cache(false)));
  EXPECT_EQ(computing.find("caches"), std::string::npos) << computing;
}

TEST(Advise, RefusesACrossoverOfLinesThatMissTheirTimes) {
  Results results = across_a_cache(true);
  const Contest contest = contests_of(results).at(0);
  ASSERT_TRUE(contest.strategies[0].fit->misleads()) << contest.strategies[0].fit->typical_miss();
  const auto crossovers = crossovers_of(contest);
  ASSERT_EQ(crossovers.size(), 1U);
  EXPECT_FALSE(crossovers[0].operations);
  EXPECT_FALSE(crossovers[0].refused.empty());
  const std::string text = one_line(as_text(advise_sections(results)));
  EXPECT_NE(text.find("CAUTION: a straight line does not describe serial 1x1x1 (misses by "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("the crossing is not computed"), std::string::npos) << text;
  const Contest straight = contests_of(three_strategies(0.01)).at(0);
  for (const Strategy& strategy : straight.strategies) {
    EXPECT_FALSE(strategy.fit->misleads());
  }
}

TEST(Advise, SaysItInJsonToo) {
  const auto json = nlohmann::json::parse(advise_json(three_strategies(0.01)));
  const auto& contest = json["contests"].at(0);
  EXPECT_EQ(contest["sizes"].size(), 6U);
  EXPECT_EQ(contest["strategies"].size(), 3U);
  const auto& crossover = contest["crossovers"].at(0);
  EXPECT_EQ(contest["strategies"][crossover["from"].get<int>()]["model"], "serial");
  EXPECT_EQ(contest["strategies"][crossover["to"].get<int>()]["model"], "openmp");
  EXPECT_LE(crossover["size"]["low"].get<double>(), crossover["size"]["value"].get<double>());
}

TEST(Advise, HasNothingToSayOfOneSize) {
  SyntheticCampaign out(1, 6, 0.01);
  out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  out.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
  EXPECT_TRUE(contests_of(out.results()).empty());
  EXPECT_NE(as_text(advise_sections(out.results())).find("size = ["), std::string::npos);
}

TEST(Advise, SaysThatTwoSizesTestNothing) {
  SyntheticCampaign out(1, 6, 0.01);
  for (const double n : {1e3, 1e6}) {
    out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9, .combine_s = 1e-5}, n);
  }
  const auto contests = contests_of(out.results());
  ASSERT_EQ(contests.size(), 1U);
  const auto crossovers = crossovers_of(contests[0]);
  ASSERT_EQ(crossovers.size(), 1U);
  EXPECT_TRUE(crossovers[0].operations);
  const std::string text = as_text(advise_sections(out.results()));
  EXPECT_NE(text.find("per work: add a third"), std::string::npos) << text;
}

TEST(Predict, ExtrapolatesWithBandsThatHoldTheTruth) {
  SyntheticCampaign out(1, 6, 0.005);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(0, "k", models::openmp, {1, 1, p},
            {.prepare_s = 0.05, .compute_s = 0.95 / static_cast<double>(p)});
  }
  const auto json = nlohmann::json::parse(
      predict_json(out.results(), {.workers = {64, 1024}, .laws = {"amdahl"}, .far = true}));
  const auto& laws = json["series"][0]["laws"];
  ASSERT_EQ(laws.size(), 5U) << "combined, two baselines, a priori, fitted";
  EXPECT_EQ(laws[0]["law"], "combined");
  for (const auto& law : laws) {
    if (law["law"] != "amdahl") continue;
    for (const auto& p : law["predictions"]) {
      const double truth = 1 / (0.05 + 0.95 / p["workers"].get<double>());
      EXPECT_LE(p["low"].get<double>(), truth);
      EXPECT_GE(p["high"].get<double>(), truth);
      EXPECT_NEAR(p["speedup"].get<double>(), truth, 0.1 * truth);
    }
  }
  EXPECT_NEAR(laws[4]["half_efficiency_workers"]["value"].get<double>(), 21, 1);
  EXPECT_TRUE(laws[4]["peak_workers"]["value"].is_null());  // Amdahl's law never turns
}

TEST(Predict, WarnsWhereTheDataComeToStayInAnotherCache) {
  SyntheticCampaign out(1, 6, 0.005);
  Results& results = out.results();
  results.environment["topology.cores"] = "16";
  results.environment["topology.l2"] = "16 x 1048576 bytes";
  results.environment["topology.l3"] = "1 x 33554432 bytes";
  for (const std::int64_t p : {1, 2, 4}) {
    Point& point = out.add(0, "k", models::openmp, {1, 1, p},
                           {.prepare_s = 0.05, .compute_s = 0.95 / static_cast<double>(p)});
    point.work["memory_bound"] = true;
    point.work["resident_bytes"] = 1.2e7;
  }
  const std::string near = as_text(predict_sections(results, {.workers = {8}}));
  EXPECT_EQ(near.find("CAUTION"), std::string::npos) << near;
  const std::string far = as_text(predict_sections(results, {.workers = {8, 16}}));
  EXPECT_NE(far.find("CAUTION: at p=16 the data stay in the cores' own caches"), std::string::npos)
      << far;
}

TEST(Predict, WarnsOfALawThatMissesItsOwnPoints) {
  SyntheticCampaign out(1, 6, 0.005);
  const double times[] = {1, 0.3, 0.6, 0.2};
  std::int64_t p = 1;
  for (const double time : times) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.prepare_s = 0.05, .compute_s = time});
    p *= 2;
  }
  const std::string text =
      one_line(as_text(predict_sections(out.results(), {.workers = {16}, .laws = {"all"}})));
  EXPECT_NE(text.find("does not describe even the points that it was fitted to"), std::string::npos)
      << text;
}

TEST(Predict, SaysWhenALawIsNotIdentifiable) {
  SyntheticCampaign out(1, 6, 0.005);
  for (const std::int64_t p : {1, 2}) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = 1 / static_cast<double>(p)});
  }
  const std::string text = one_line(
      as_text(predict_sections(out.results(), {.workers = {64}, .laws = {"all"}, .far = true})));
  EXPECT_NE(text.find("USL: not identifiable: 3 parameters need 3"), std::string::npos) << text;
  EXPECT_NE(text.find("Amdahl, a priori"), std::string::npos) << text;
}

}  // namespace
}  // namespace scalelaw::harness
