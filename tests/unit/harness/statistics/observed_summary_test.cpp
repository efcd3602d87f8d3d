#include "harness/statistics/observed_summary.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// The header of two ranks with two threads each, on one host or two.
json header(bool bound = true, bool two_hosts = false) {
  json ranks = json::array();
  for (int rank = 0; rank < 2; ++rank) {
    json threads = json::array();
    for (int thread = 0; thread < 2; ++thread) {
      threads.push_back(
          {{"thread", thread}, {"cpus", bound ? std::to_string(2 * rank + thread) : "0-3"}});
    }
    ranks.push_back(
        {{"rank", rank}, {"host", two_hosts && rank == 1 ? "b" : "a"}, {"threads", threads}});
  }
  return {{"batch", 1}, {"ranks", ranks}};
}

/// Two samples of one second on two ranks, and a diagnostic one; `tell` fills each rank.
template <class Tell>
std::vector<Sample> samples(Tell tell) {
  std::vector<Sample> out(3);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].total_s = 1;
    out[i].diagnostic = i == 2;
    out[i].ranks.resize(2);
    for (std::size_t rank = 0; rank < 2; ++rank) {
      out[i].ranks[rank].rank = static_cast<std::int64_t>(rank);
      tell(out[i].ranks[rank], out[i].diagnostic ? 99 : static_cast<int>(rank));
    }
  }
  return out;
}

TEST(ObservedOf, IsUnknownWhereNobodyTells) {
  const ObservedSummary seen = observed_of(header(), samples([](RankTimes&, int) {}));
  for (const double value : {seen.peak_bytes, seen.largest_peak_bytes, seen.steal_share,
                             seen.queued_share, seen.switches_per_s, seen.major_faults,
                             seen.clock_hz, seen.instructions_per_cycle, seen.energy_j}) {
    EXPECT_TRUE(std::isnan(value));
  }
  EXPECT_TRUE(std::isnan(observed_of(json(), {}).peak_bytes));
}

TEST(ObservedOf, LeavesDiagnosticSamplesOut) {
  const auto all = samples([](RankTimes& rank, int number) {
    rank.peak_bytes = 100 * (number + 1);
    rank.seen = {.steal_s = 0.1 * number,
                 .queued_s = 0.2 * number,
                 .involuntary_switches = 4.0 * number,
                 .major_faults = 1.0 + number,
                 .cycles = 3e9,
                 .instructions = 6e9,
                 .counted_s = 1.0 + number,
                 .energy_j = number == 0 ? 50 : Observed::unknown};
  });
  const ObservedSummary seen = observed_of(header(), all);
  EXPECT_EQ(seen.peak_bytes, 300) << "the sum of the ranks";
  EXPECT_EQ(seen.largest_peak_bytes, 200);
  EXPECT_DOUBLE_EQ(seen.steal_share, 0.05) << "rank 1: 0.1 s of the second of two threads";
  EXPECT_DOUBLE_EQ(seen.queued_share, 0.1);
  EXPECT_DOUBLE_EQ(seen.switches_per_s, 1) << "4 in the second of four threads";
  EXPECT_DOUBLE_EQ(seen.major_faults, 3) << "of both ranks";
  EXPECT_DOUBLE_EQ(seen.clock_hz, 2e9) << "6e9 cycles in 3 s of processor time";
  EXPECT_DOUBLE_EQ(seen.instructions_per_cycle, 2);
  EXPECT_DOUBLE_EQ(seen.energy_j, 50);
  EXPECT_TRUE(std::isnan(observed_of(header(true, true), all).energy_j))
      << "the second host does not tell";
}

TEST(ObservedOf, TakesTheTimeOfAProcessWhereThereIsOne) {
  const auto all = samples([](RankTimes& rank, int number) {
    if (number == 99) return;
    rank.process_s = 4;
    rank.seen.steal_s = 0.8;
  });
  EXPECT_DOUBLE_EQ(observed_of(header(), all).steal_share, 0.1);
}

/// One rank with one thread, which may run on processors 0-63.
json unbound() {
  return {{"batch", 1},
          {"ranks", {{{"rank", 0}, {"host", "a"}, {"threads", {{{"cpus", "0-63"}}}}}}}};
}

/// Two samples of one second, on one rank that was robbed of 3.2 s in each.
std::vector<Sample> robbed() {
  auto all = samples([](RankTimes& rank, int) { rank.seen.steal_s = 3.2; });
  for (Sample& sample : all) sample.ranks.resize(1);
  return all;
}

TEST(ObservedOf, HoldsStealAgainstTheProcessorsThatItIsOf) {
  EXPECT_DOUBLE_EQ(observed_of(unbound(), robbed()).steal_share, 0.05);
  json header = unbound();
  header["ranks"][0]["threads"][0]["cpus"] = "5";  // the program bound itself
  header["ranks"][0]["steal_cpus"] = "0-31";
  EXPECT_DOUBLE_EQ(observed_of(header, robbed()).steal_share, 0.1);
  header["ranks"][0].erase("steal_cpus");
  header["ranks"][0]["threads"][0]["cpus"] = "unknown";
  EXPECT_TRUE(std::isnan(observed_of(header, robbed()).steal_share));
  EXPECT_TRUE(std::isnan(observed_of(json(), robbed()).steal_share));
}

TEST(ObservedOf, TakesRatiosOfWhatIsToldTogether) {
  auto all = samples([](RankTimes& rank, int) {
    rank.seen = {.cycles = 3e9, .instructions = 6e9, .counted_s = 1};
  });
  all[0].ranks[0].seen.cycles = Observed::unknown;
  all[1].ranks[1].seen.counted_s = Observed::unknown;
  const ObservedSummary seen = observed_of(header(), all);
  EXPECT_DOUBLE_EQ(seen.clock_hz, 3e9);
  EXPECT_DOUBLE_EQ(seen.instructions_per_cycle, 2);
}

TEST(MediansOf, AreOfTheLaunchesThatTell) {
  const ObservedSummary seen =
      medians_of({{.clock_hz = 1}, {.peak_bytes = 7}, {.clock_hz = 3}, {.clock_hz = 2}});
  EXPECT_EQ(seen.clock_hz, 2);
  EXPECT_EQ(seen.peak_bytes, 7);
  EXPECT_TRUE(std::isnan(seen.energy_j));
}

TEST(LostShare, IsOfTheRankThatLostMost) {
  const auto all = samples([](RankTimes& rank, int number) {
    rank.seen.steal_s = number == 1 ? 0.21 : 0;
    rank.seen.queued_s = number == 1 ? 0.2 : 0;
  });
  // Of 4 thread seconds in two samples: 0.42 s of steal, less the rounding, and 0.4 s of waits.
  EXPECT_DOUBLE_EQ(lost_share(header(), all, false), 0.1 + 0.1);
}

TEST(LostShare, CountsNoWaitsForEachOther) {
  const auto all = samples([](RankTimes& rank, int) { rank.seen.queued_s = 1; });
  EXPECT_DOUBLE_EQ(lost_share(header(), all, false), 0.5);
  EXPECT_TRUE(std::isnan(lost_share(header(), all, true)));
  EXPECT_TRUE(std::isnan(lost_share(header(false), all, false))) << "threads share processors";
  EXPECT_TRUE(std::isnan(lost_share(json(), all, false)));
}

TEST(LostShare, TakesTwoStepsOfTheStealsClockForRounding) {
  const auto all = samples([](RankTimes& rank, int) { rank.seen.steal_s = 0.01; });
  EXPECT_EQ(lost_share(header(), all, false), 0);
  json batch = header();
  batch["batch"] = 10;  // so that 0.1 s were counted in a sample of ten passes
  EXPECT_DOUBLE_EQ(lost_share(batch, all, false), (0.02 - 0.002) / 4);
}

TEST(LostShare, HoldsStealAgainstTheProcessorsThatItIsOf) {
  EXPECT_DOUBLE_EQ(lost_share(unbound(), robbed(), false), (6.4 - 0.02) / 128);
  json header = unbound();
  header["ranks"][0]["threads"][0]["cpus"] = "unknown";
  EXPECT_TRUE(std::isnan(lost_share(header, robbed(), false)));
}

TEST(LostShare, IsUnknownWhereNobodyTells) {
  EXPECT_TRUE(std::isnan(lost_share(header(), samples([](RankTimes&, int) {}), false)));
}

}  // namespace
}  // namespace scalelaw::harness
