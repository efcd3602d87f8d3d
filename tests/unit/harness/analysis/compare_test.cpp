#include "harness/render/compare.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "common/error.hpp"
#include "support/message.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

Results campaign(std::uint64_t seed, double factor, int launches = 6) {
  SyntheticCampaign out(seed, launches, 0.01);
  for (const std::int64_t p : {1, 2, 4}) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = factor / static_cast<double>(p)});
  }
  return out.results();
}

TEST(Compare, FindsNoChangeInTheSameBuild) {
  const Results base = campaign(1, 1), again = campaign(2, 1);
  for (const Results& now : {base, again}) {
    const Comparison comparison = compare(base, now, 0.05);
    EXPECT_EQ(comparison.count(Change::same) + comparison.count(Change::undecided), 3);
    EXPECT_EQ(comparison.count(Change::slower), 0);
  }
}

TEST(Compare, FindsWhatBecameSlowerAndFaster) {
  const Results base = campaign(1, 1);
  EXPECT_EQ(compare(base, campaign(2, 1.2), 0.05).count(Change::slower), 3);
  EXPECT_EQ(compare(base, campaign(2, 0.8), 0.05).count(Change::faster), 3);
  EXPECT_EQ(compare(base, campaign(2, 1.2), 0.5).count(Change::same), 3);
}

/// The campaign on a machine with that clock rate: the times are those of `factor`.
Results clocked(std::uint64_t seed, double factor, double hz, int launches = 6) {
  Results out = campaign(seed, factor, launches);
  for (Sample& sample : out.samples) {
    for (RankTimes& rank : sample.ranks) {
      rank.seen.cycles = hz * sample.total_s;
      rank.seen.counted_s = sample.total_s;
    }
  }
  return out;
}

TEST(Compare, NamesADifferenceThatTheClockRateAloneExplains) {
  const Results base = clocked(1, 1, 3e9), now = clocked(2, 1.2, 2.5e9);
  const Comparison comparison = compare(base, now, 0.05);
  EXPECT_EQ(comparison.count(Change::slower), 3);
  EXPECT_EQ(comparison.explained_by_clock(), 3);
  EXPECT_NEAR(comparison.points[0].base_hz, 3e9, 1);
  EXPECT_NEAR(comparison.points[0].now_hz, 2.5e9, 1);
  const std::string text = as_text(compare_sections(comparison, base, now));
  EXPECT_NE(text.find("the clock rate alone explains 3 of the 3 that are faster or slower: "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("(3.000 GHz, now 2.500 GHz)"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(compare_json(comparison, base, now));
  EXPECT_EQ(json["points"][0]["clock_explains"], true);
  EXPECT_NEAR(json["points"][0]["new_clock_hz"].get<double>(), 2.5e9, 1);
  EXPECT_NE(compare_csv(comparison, base, now).find(",true\r\n"), std::string::npos);
}

/// The same, its launches from `allocations` allocations in turn.
Results granted(Results out, std::size_t allocations) {
  std::map<std::int64_t, std::size_t> launches;  // of each point
  for (Launch& launch : out.launches) {
    launch.allocation = fmt::format("job {}", launches[launch.point]++ % allocations);
  }
  return out;
}

TEST(Compare, CountsAllocationsForCyclesAsForTimes) {
  const Comparison enough =
      compare(granted(clocked(1, 1, 3e9, 12), 6), granted(clocked(2, 1.2, 2.5e9, 12), 6), 0.05);
  EXPECT_EQ(enough.count(Change::slower), 3);
  EXPECT_EQ(enough.explained_by_clock(), 3);
  // One allocation's launches, the most of all, have other times and clocks: one value of six.
  Results now = clocked(2, 1.2, 2.5e9, 26);
  std::map<std::int64_t, int> launches;
  for (std::size_t i = 0; i < now.launches.size(); ++i) {
    const int number = launches[now.launches[i].point]++;
    now.launches[i].allocation = number < 5 ? fmt::format("job {}", number) : "job 5";
    if (number < 5) continue;
    for (Sample& sample : now.samples) {
      if (sample.launch != static_cast<std::int64_t>(i)) continue;
      for (RankTimes& rank : sample.ranks) rank.seen.cycles *= 2;
    }
  }
  const Comparison comparison = compare(granted(clocked(1, 1, 3e9, 12), 6), now, 0.05);
  EXPECT_EQ(comparison.count(Change::slower), 3);
  EXPECT_EQ(comparison.explained_by_clock(), 3) << "five of six allocations take as many cycles";
  EXPECT_NEAR(comparison.points[0].now_hz, 2.5e9, 1) << "the median of the allocations";
}

TEST(Compare, BlamesTheClockRateForNothingElse) {
  const auto explained = [](const Results& base, const Results& now) {
    const Comparison comparison = compare(base, now, 0.05);
    const std::string text = as_text(compare_sections(comparison, base, now));
    EXPECT_EQ(text.find("clock rate"), std::string::npos) << text;
    return comparison.explained_by_clock();
  };
  EXPECT_EQ(explained(clocked(1, 1, 3e9), clocked(2, 1.2, 3e9)), 0) << "the rate is the same";
  EXPECT_EQ(explained(clocked(1, 1, 3e9), clocked(2, 1.5, 2.5e9)), 0) << "more cycles, too";
  EXPECT_EQ(explained(clocked(1, 1, 3e9), clocked(2, 1, 2.5e9)), 0) << "there is no difference";
  EXPECT_EQ(explained(campaign(1, 1), clocked(2, 1.2, 2.5e9)), 0) << "one rate is unknown";
  Results partly = clocked(1, 1, 3e9);
  for (RankTimes& rank : partly.samples.front().ranks) rank.seen = {};
  const Comparison comparison = compare(partly, clocked(2, 1.2, 2.5e9), 0.05);
  EXPECT_EQ(comparison.explained_by_clock(), 3) << "other samples of the launch tell";
}

TEST(Compare, LeavesTheMachinesCeilingsOutAndTellsWhatElseDiffers) {
  Results base = campaign(1, 1), now = campaign(2, 1);
  for (Results* results : {&base, &now}) {
    results->points[0].experiment = "ceilings";
    results->points[0].kernel = "memory_read";
  }
  now.environment["cpu.model"] = "another";
  now.launches.back().busy = true;
  const Comparison comparison = compare(base, now, 0.05);
  EXPECT_EQ(comparison.points.size(), 2U);
  EXPECT_TRUE(comparison.only_base.empty() && comparison.only_now.empty());
  EXPECT_EQ(comparison.differences,
            std::vector<std::string>{"cpu.model: Synthetic CPU, now another"});
  EXPECT_TRUE(comparison.points[0].now_marks.empty());
  EXPECT_EQ(comparison.points[1].now_marks, std::vector<Mark>{Mark::busy});
  EXPECT_TRUE(comparison.points[1].base_marks.empty());
}

TEST(Compare, ShowsTheMarksOfBothSides) {
  Results base = campaign(1, 1), now = campaign(2, 1);
  base.points[0].state = now.points[0].state = State::not_converged;
  now.points[1].state = State::unstable;
  base.points[2].oversubscribed = true;
  const Comparison comparison = compare(base, now, 0.05);
  const std::string text = as_text(compare_sections(comparison, base, now));
  EXPECT_NE(text.find("  not_converged\n"), std::string::npos) << text;
  EXPECT_NE(text.find("new: unstable"), std::string::npos) << text;
  EXPECT_NE(text.find("old: oversubscribed"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(compare_json(comparison, base, now));
  EXPECT_EQ(json["points"][1]["new_marks"], nlohmann::json{"unstable"});
  EXPECT_TRUE(json["points"][1]["base_marks"].empty());
  EXPECT_NE(compare_csv(comparison, base, now).find("unstable"), std::string::npos);
}

TEST(Compare, RefusesTimesOfDifferentClocks) {
  Results base = campaign(1, 1), now = campaign(2, 1);
  for (Point& point : now.points) point.clock = TimeSource::pretended;
  EXPECT_NE(message_of([&] { compare(base, now, 0.05); }).find("pretended in the new one"),
            std::string::npos);
  EXPECT_THROW(compare(now, base, 0.05), Error);
  for (Point& point : base.points) point.clock = TimeSource::pretended;
  const Comparison comparison = compare(base, now, 0.05);
  EXPECT_NE(as_text(compare_sections(comparison, base, now)).find("PRETENDED TIMES"),
            std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(compare_json(comparison, base, now))["clock"], "pretended");
}

TEST(Compare, CountsOnePointAsOnePoint) {
  Results base = campaign(1, 1), now = campaign(2, 1);
  now.points[2].id = "another";
  const std::string text = as_text(compare_sections(compare(base, now, 0.05), base, now));
  EXPECT_NE(text.find("not compared: 1 point only in the old file, 1 only in the new"),
            std::string::npos)
      << text;
}

TEST(Compare, IsUndecidedWithoutAnInterval) {
  const Comparison comparison = compare(campaign(1, 1, 1), campaign(2, 1.5, 1), 0.05);
  EXPECT_EQ(comparison.count(Change::undecided), 3);
}

TEST(Compare, NamesWhatOneFileDoesNotHave) {
  const Results base = campaign(1, 1);
  Results now = campaign(2, 1);
  now.points[2].id = "another";
  now.points[1].state = State::crashed;
  const Comparison comparison = compare(base, now, 0.05);
  EXPECT_EQ(comparison.points.size(), 2U);
  EXPECT_EQ(comparison.count(Change::missing), 1);
  EXPECT_EQ(comparison.only_base, std::vector<std::int64_t>{2});
  EXPECT_EQ(comparison.only_now, std::vector<std::int64_t>{2});
  const auto json = nlohmann::json::parse(compare_json(comparison, base, now));
  EXPECT_EQ(json["points"][1]["verdict"], "missing");
  EXPECT_TRUE(json["points"][1]["ratio"].is_null());
  EXPECT_EQ(json["only_new"][0], "another");
  EXPECT_EQ(comparison.newly_failed(now), 1);
  EXPECT_EQ(compare(now, base, 0.05).newly_failed(base), 0);
}

TEST(Compare, RefusesStrangersAndNonsense) {
  const Results base = campaign(1, 1);
  Results stranger = base;
  for (Point& point : stranger.points) point.id += "?";
  EXPECT_THROW(compare(base, stranger, 0.05), Error);
  EXPECT_THROW(compare(base, base, -0.1), Error);
}

TEST(JudgeChange, ReadsTheIntervalAgainstTheTolerance) {
  const auto change = [](double low, double high) {
    return judge_change({(low + high) / 2, Interval{low, high, 0.95}}, 0.1);
  };
  EXPECT_EQ(change(1.11, 1.2), Change::slower);
  EXPECT_EQ(change(0.8, 0.9), Change::faster);
  EXPECT_EQ(change(0.95, 1.09), Change::same);
  EXPECT_EQ(change(1.02, 1.2), Change::undecided);
  EXPECT_EQ(change(0.5, 2), Change::undecided);
}

}  // namespace
}  // namespace scalelaw::harness
