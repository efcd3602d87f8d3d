#include "adapter/samples.hpp"

#include <gtest/gtest.h>

#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

using nlohmann::json;
using Parts = std::vector<Part>;  ///< of one run

Definition by_clock() {
  Definition out;
  out.name = out.kernel = "a";
  out.command = {"a"};
  return out;
}

Definition by_time() {
  Definition out = by_clock();
  out.time = "t=([0-9.]+)";
  return out;
}

Part part(std::int64_t rank, double wall_s, std::vector<double> times_s = {}) {
  Part out;
  out.rank = rank;
  out.host = "h";
  out.use = {.wall_s = wall_s, .user_s = wall_s / 2, .system_s = 0, .peak_bytes = 100 + rank};
  out.times_s = std::move(times_s);
  return out;
}

std::string fault(const Definition& definition, const std::vector<Parts>& runs) {
  return message_of([&] { (void)samples_of(definition, runs, 1); });
}

TEST(Samples, OfTheWallClockAreThoseOfTheSlowestProcess) {
  const auto samples = samples_of(by_clock(), {{part(0, 1), part(1, 3)}}, 2);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0]["total_s"], 3.0);
  EXPECT_EQ(samples[0]["ranks"][0]["total_s"], 1.0);
  EXPECT_EQ(samples[0]["ranks"][1]["process_s"], 3.0);
  EXPECT_EQ(samples[0]["ranks"][1]["user_s"], 1.5);
  EXPECT_EQ(samples[0]["ranks"][1]["peak_bytes"], 101);
  EXPECT_TRUE(samples[0]["verified"].get<bool>());
}

TEST(Samples, TellWhatWasSeenOfTheirProcesses) {
  Part first = part(0, 1), second = part(0, 1);
  first.seen.steal_s = 0.1;
  second.seen.steal_s = 0.3;
  first.seen.cycles = 5;  // and the second run's are unknown
  const auto samples = samples_of(by_clock(), {{first}, {second}}, 1);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_DOUBLE_EQ(samples[0]["ranks"][0]["steal_s"].get<double>(), 0.2) << "the mean of a batch";
  EXPECT_FALSE(samples[0]["ranks"][0].contains("cycles"));
  EXPECT_FALSE(samples[0]["ranks"][0].contains("energy_j"));
}

TEST(Samples, OfATimeAreItsMatches) {
  const auto samples = samples_of(by_time(), {{part(0, 9, {1, 2, 3})}}, 1);
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[1]["total_s"], 2.0);
  EXPECT_EQ(samples[1]["ranks"][0]["total_s"], 2.0);
  // What the process took stands once, so that sums are right.
  EXPECT_EQ(samples[0]["ranks"][0]["process_s"], 9.0);
  EXPECT_FALSE(samples[1]["ranks"][0].contains("process_s"));
}

TEST(Samples, OfATimeThatSeveralRanksPrintAreThoseOfTheSlowest) {
  const auto samples = samples_of(by_time(), {{part(0, 9, {1, 5}), part(1, 9, {2, 4})}}, 2);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0]["total_s"], 2.0);
  EXPECT_EQ(samples[1]["total_s"], 5.0);
  const auto only_last = samples_of(by_time(), {{part(0, 9), part(1, 9, {2})}}, 2);
  EXPECT_EQ(only_last[0]["total_s"], 2.0);
}

TEST(Samples, OfABatchAreMeans) {
  const auto clock = samples_of(by_clock(), {{part(0, 1)}, {part(0, 2)}}, 1);
  EXPECT_EQ(clock[0]["total_s"], 1.5);
  EXPECT_EQ(clock[0]["ranks"][0]["process_s"], 1.5);
  const auto time = samples_of(by_time(), {{part(0, 9, {1, 2})}, {part(0, 9, {3, 4})}}, 1);
  EXPECT_EQ(time[0]["total_s"], 2.0);
  EXPECT_EQ(time[1]["total_s"], 3.0);
  EXPECT_NE(fault(by_time(), {{part(0, 9, {1})}, {part(0, 9, {1, 2})}}).find("1 times in one run"),
            std::string::npos);
}

TEST(Samples, OfAMissingPartAreUnknownButForTheTime) {
  const auto samples = samples_of(by_clock(), {{part(0, 1), part(2, 3)}}, 3);
  ASSERT_EQ(samples[0]["ranks"].size(), 3U);
  for (const json& rank : samples[0]["ranks"]) EXPECT_EQ(rank, (json{{"total_s", 3.0}}));
}

TEST(Samples, SayWhatWasSeenWhereATimeFindsNothing) {
  Part silent = part(0, 1);
  EXPECT_NE(fault(by_time(), {{silent}}).find("there was no output"), std::string::npos);
  silent.last_words = "one\ntook 3 s\n";
  const std::string text = fault(by_time(), {{silent}});
  EXPECT_NE(text.find("'t=([0-9.]+)'; the output ends with 'took 3 s'"), std::string::npos) << text;
}

TEST(Samples, CannotLastLongerThanTheirProcess) {
  const std::string text = fault(by_time(), {{part(0, 1, {900})}});
  EXPECT_NE(text.find("found 900 s together, and the process lasted 1"), std::string::npos) << text;
  EXPECT_NE(fault(by_time(), {{part(0, 1, {0.6, 0.6})}}), "no error");
  EXPECT_EQ(fault(by_time(), {{part(0, 1, {0.5, 0.5})}}), "no error");
}

TEST(Samples, HaveTheCheckedTextAsAFact) {
  Definition definition = by_clock();
  definition.check = "r=(.*)";
  Part good = part(0, 1);
  good.check = "7";
  const auto sample = [&](const std::vector<Parts>& runs) {
    return samples_of(definition, runs, std::ssize(runs.front())).front();
  };
  EXPECT_EQ(sample({{good}})["facts"], (json{{"check", "7"}}));
  EXPECT_EQ(sample({{part(0, 1), good}})["facts"], (json{{"check", "7"}}));  // of another rank

  const json missing = sample({{part(0, 1)}});
  EXPECT_FALSE(missing["verified"].get<bool>());
  EXPECT_NE(missing["fault"].get<std::string>().find("`check` finds nothing: 'r=(.*)'"),
            std::string::npos);

  Part other = good;
  other.check = "8";
  const std::string differs = sample({{good}, {other}})["fault"];
  EXPECT_NE(differs.find("'7' in one run and '8' in another"), std::string::npos) << differs;
}

TEST(Samples, MayDifferWithinATolerance) {
  Definition definition = by_clock();
  definition.check = "r=(.*)";
  definition.check_tolerance = 1e-3;
  const auto fault_of = [&](const std::string& a, const std::string& b) -> std::string {
    Part one = part(0, 1), two = one;
    one.check = a;
    two.check = b;
    return samples_of(definition, {{one}, {two}}, 1).front()["fault"];
  };
  EXPECT_EQ(fault_of("1.0", "1.0005"), "");
  EXPECT_NE(fault_of("1.0", "1.002"), "");
  EXPECT_EQ(fault_of("1", "1.0"), "");
  const std::string text = fault_of("1.0", "many");
  EXPECT_NE(text.find("'many' is not a number"), std::string::npos) << text;
}

}  // namespace
}  // namespace scalelaw::adapter
