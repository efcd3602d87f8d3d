#include "harness/report/advise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/report/predict.hpp"
#include "support/synthetic.hpp"

namespace scalelaw {
namespace {

/// Serial: 1 ns an operation.  OpenMP on 2: 10 us to start, MPI on 4: 1 ms; both divide the work.
/// They meet at 2e4 and at 3.96e6 operations.
Results three_strategies(double noise) {
  SyntheticCampaign out(1, 6, noise);
  std::int64_t series = 0;
  for (const double n : {1e3, 1e4, 1e5, 1e6, 1e7, 1e8}) {
    out.add(series++, "k", Model::serial, {1, 1, 1}, {.compute_s = 1e-7 + n * 1e-9}, n);
    out.add(series++, "k", Model::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9, .combine_s = 1e-5},
            n);
    out.add(series++, "k", Model::mpi, {1, 4, 1}, {.compute_s = n * 0.25e-9, .combine_s = 1e-3}, n);
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
  EXPECT_EQ(winners, (std::vector<Model>{Model::serial, Model::serial, Model::openmp, Model::openmp,
                                         Model::mpi, Model::mpi}));
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
    out.add(0, "k", Model::serial, {1, 1, 1}, {.compute_s = n * 1.002e-9}, n);
    out.add(1, "k", Model::mpi, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(2, "k", Model::openmp, {1, 1, 2}, {.compute_s = n * 1.05e-9}, n);
  }
  const Contest contest = contests_of(out.results()).at(0);
  for (const Round& round : contest.rounds) {
    EXPECT_EQ(contest.strategies[round.choice].model, Model::serial);
    ASSERT_EQ(round.as_fast.size(), 1U);
    EXPECT_EQ(contest.strategies[round.as_fast[0]].model, Model::mpi);
    EXPECT_EQ(contest.strategies[*round.next].model, Model::openmp);
  }
  EXPECT_TRUE(crossovers_of(contest).empty());
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
  out.add(0, "k", Model::serial, {1, 1, 1}, {.compute_s = 1});
  out.add(1, "k", Model::openmp, {1, 1, 2}, {.compute_s = 0.5});
  EXPECT_TRUE(contests_of(out.results()).empty());
  EXPECT_NE(as_text(advise_sections(out.results())).find("size = ["), std::string::npos);
}

TEST(Advise, SaysThatTwoSizesTestNothing) {
  SyntheticCampaign out(1, 6, 0.01);
  for (const double n : {1e3, 1e6}) {
    out.add(0, "k", Model::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(1, "k", Model::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9, .combine_s = 1e-5}, n);
  }
  const auto contests = contests_of(out.results());
  ASSERT_EQ(contests.size(), 1U);
  const auto crossovers = crossovers_of(contests[0]);
  ASSERT_EQ(crossovers.size(), 1U);
  EXPECT_TRUE(crossovers[0].operations);
  const std::string text = as_text(advise_sections(out.results()));
  EXPECT_NE(text.find("untested: give a third"), std::string::npos) << text;
}

TEST(Predict, ExtrapolatesWithBandsThatHoldTheTruth) {
  SyntheticCampaign out(1, 6, 0.005);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(0, "k", Model::openmp, {1, 1, p},
            {.prepare_s = 0.05, .compute_s = 0.95 / static_cast<double>(p)});
  }
  const auto json = nlohmann::json::parse(predict_json(out.results(), {64, 1024}));
  const auto& laws = json["series"][0]["laws"];
  ASSERT_EQ(laws.size(), 3U);
  for (const auto& law : laws) {
    if (law["law"] != "amdahl") continue;
    for (const auto& p : law["predictions"]) {
      const double truth = 1 / (0.05 + 0.95 / p["workers"].get<double>());
      EXPECT_LE(p["low"].get<double>(), truth);
      EXPECT_GE(p["high"].get<double>(), truth);
      EXPECT_NEAR(p["speedup"].get<double>(), truth, 0.1 * truth);
    }
  }
  EXPECT_NEAR(laws[1]["half_efficiency_workers"]["value"].get<double>(), 21, 1);
  EXPECT_TRUE(laws[1]["peak_workers"]["value"].is_null());  // Amdahl's law never turns
}

TEST(Predict, SaysWhenALawIsNotIdentifiable) {
  SyntheticCampaign out(1, 6, 0.005);
  for (const std::int64_t p : {1, 2}) {
    out.add(0, "k", Model::openmp, {1, 1, p}, {.compute_s = 1 / static_cast<double>(p)});
  }
  const std::string text = as_text(predict_sections(out.results(), {64}));
  EXPECT_NE(text.find("USL: not identifiable: 3 parameters need 3"), std::string::npos) << text;
  EXPECT_NE(text.find("Amdahl, a priori"), std::string::npos) << text;
}

}  // namespace
}  // namespace scalelaw
