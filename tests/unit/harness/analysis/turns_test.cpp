#include "harness/analysis/turns.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

/// Threads and a pool on 2 workers; a launch of a point has one of the seconds of its size.
using Times = std::map<double, std::vector<double>>;

SyntheticCampaign race(const Times& threads, const Times& pool) {
  SyntheticCampaign out(1, 0, 0);
  std::int64_t series = 0;
  for (const auto& [name, times] : {std::pair("threads", &threads), std::pair("pool", &pool)}) {
    for (const auto& [size, seconds] : *times) {
      Point& point = out.add(series++, "k", models::openmp, {1, 1, 2}, {}, size);
      point.implementation = name;
      Results& results = out.results();
      for (const double one : seconds) {
        Launch launch;
        launch.point = static_cast<std::int64_t>(results.points.size()) - 1;
        launch.block = static_cast<std::int64_t>(results.launches.size());
        launch.header = {{"ranks", bound_ranks(point.placement)}};
        results.launches.push_back(launch);
        Sample sample;
        sample.launch = launch.block;
        sample.verified = true;
        sample.total_s = one;
        results.samples.push_back(sample);
      }
    }
  }
  return out;
}

std::vector<double> close_to(double seconds) {
  return {0.99 * seconds, seconds, 1.01 * seconds};
}

Turn turn_of(const Times& threads, const Times& pool) {
  return turns_of(race(threads, pool).results()).at(0).turns.at(0);
}

std::string words(const Times& threads, const Times& pool) {
  return of_kind(race(threads, pool).results(), FindingKind::crossover).text;
}

void expect_says(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(Turns, SaysAtEverySizeOnlyWhereEachIsCertain) {
  const Times threads{{1e3, close_to(4)}, {1e4, close_to(40)}, {1e5, close_to(400)}};
  const Times pool{{1e3, close_to(2)}, {1e4, close_to(20)}, {1e5, close_to(200)}};
  EXPECT_EQ(turn_of(threads, pool).verdict, TurnVerdict::always);
  expect_says(words(threads, pool), "pool at every size.");
  expect_says(words(pool, threads), "pool at none.");
}

/// At the smallest size the medians are 4 and 8, so nothing shows that the pool is faster there.
TEST(Turns, SaysWhatIsUncertainAtTheSmallestSizes) {
  const Times threads{{1e3, {1, 4, 9}}, {1e4, close_to(40)}, {1e5, close_to(400)}};
  const Times pool{{1e3, close_to(8)}, {1e4, close_to(20)}, {1e5, close_to(200)}};
  const Turn turn = turn_of(threads, pool);
  EXPECT_EQ(turn.verdict, TurnVerdict::from);
  EXPECT_TRUE(turn.bound);
  EXPECT_EQ(turn.size.value, 1e4);
  EXPECT_EQ(turn.size.low, 1e3);
  EXPECT_EQ(turn.size.high, 1e4);
  expect_says(words(threads, pool), "pool from 10000 or less on.");
  expect_says(words(pool, threads), "pool at none for certain.");
}

TEST(Turns, SaysUpToWhichSizeOneIsFaster) {
  const Times threads{{1e3, close_to(4)}, {1e4, close_to(40)}, {1e5, {100, 400, 900}}};
  const Times pool{{1e3, close_to(2)}, {1e4, close_to(20)}, {1e5, close_to(300)}};
  const Turn turn = turn_of(threads, pool);
  EXPECT_EQ(turn.verdict, TurnVerdict::until);
  EXPECT_EQ(turn.size.low, 1e4);
  EXPECT_EQ(turn.size.high, 1e5);
  expect_says(words(threads, pool), "pool up to 10000 or more.");
}

TEST(Turns, NamesTheSizesThatWereMeasuredForBoth) {
  const Times threads{{1e3, close_to(4)}, {1e4, close_to(40)}, {1e5, close_to(400)}};
  expect_says(words(threads, {{1e4, close_to(20)}, {1e5, close_to(200)}}),
              "pool at every measured size, from 10000 to 100000.");
  expect_says(words(threads, {{1e4, close_to(20)}}), "pool at 10000, its only size.");
  const Turn turn = turn_of(threads, {{1e4, close_to(20)}, {1e5, close_to(200)}});
  EXPECT_EQ(turn.rounds, (std::vector<std::size_t>{1, 2}));
}

/// The noise between launches decides, and where nothing tells it, nothing is certain.
TEST(Turns, AreNotCertainWithoutIntervals) {
  const Times single{{1e3, {4}}, {1e4, {40}}}, faster{{1e3, {2}}, {1e4, {20}}};
  EXPECT_EQ(turn_of(single, faster).verdict, TurnVerdict::mixed);
  expect_says(words(single, faster), "pool not certain.");
  // Medians of 425 and 438, with launches from half to one and a half of them.
  const Times wide{{1e3, {234, 425, 640}}, {1e4, {2340, 4250, 6400}}};
  const Times alike{{1e3, {240, 438, 650}}, {1e4, {2400, 4380, 6500}}};
  EXPECT_EQ(turn_of(alike, wide).verdict, TurnVerdict::mixed);
  // One launch has the noise of the others.
  EXPECT_EQ(turn_of({{1e3, close_to(4)}, {1e4, {40}}}, {{1e3, close_to(2)}, {1e4, {20}}}).verdict,
            TurnVerdict::always);
}

TEST(Turns, AreNotCertainWhereTheyChangeTwice) {
  const Times threads{{1e3, close_to(4)}, {1e4, close_to(10)}, {1e5, close_to(400)}};
  const Times pool{{1e3, close_to(2)}, {1e4, close_to(20)}, {1e5, close_to(200)}};
  expect_says(words(threads, pool), "pool not certain.");
}

/// Tasks whose size is their weight.
SyntheticCampaign weights(bool known) {
  SyntheticCampaign out(1, 8, 0.001);
  std::int64_t series = 0;
  for (const double n : {1e3, 1e4, 1e5}) {
    for (const bool pool : {false, true}) {
      Point& point =
          out.add(series++, "k", models::openmp, {1, 1, 2},
                  {.compute_s = n * (pool ? 4e-6 : 8e-6), .combine_s = pool ? 0.1 : 0}, n);
      point.implementation = pool ? "pool" : "threads";
      point.work["unit"] = "tasks";
      point.work["amount"] = 8;
    }
  }
  if (!known) {
    for (Sample& sample : out.results().samples) sample.ranks.front().busy_s.clear();
  }
  return out;
}

TEST(Turns, SayHowLongATaskOfThatWeightTakes) {
  SyntheticCampaign out = weights(true);
  const Turns turns = turns_of(out.results()).at(0);
  EXPECT_EQ(turns.unit.unit, "task");
  // Two workers are busy for 4 us a step and 8 tasks, while those that wait take twice as long.
  EXPECT_NEAR(turns.unit.seconds.at(1), 1e-2, 1e-3);
  EXPECT_NEAR(turns.unit.at(turns.contest, 3e4), 3e-2, 3e-3);
  expect_says(of_kind(out.results(), FindingKind::crossover).text, " ms a task) on");
  SyntheticCampaign silent = weights(false);
  expect_says(of_kind(silent.results(), FindingKind::crossover).text, "] on");
}

TEST(Turns, HaveNoTimeOfATaskWhereTheSizeIsTheirNumber) {
  SyntheticCampaign out = weights(true);
  for (Point& point : out.results().points) point.work["amount"] = point.work["operations"];
  EXPECT_EQ(turns_of(out.results()).at(0).unit.unit, "");
}

}  // namespace
}  // namespace scalelaw::harness
