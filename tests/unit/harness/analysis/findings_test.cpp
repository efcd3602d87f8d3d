// Each kind of finding is planted in a file that does not have it otherwise.
#include "harness/analysis/findings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "harness/render/formats.hpp"
#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

TEST(Findings, SayHowWellItScalesWithTheInterval) {
  SyntheticCampaign out = good();
  const Finding finding = of_kind(out.results(), FindingKind::scaling);
  expect_says(finding, "k with 8 workers (openmp 1x1x8) runs 7.0");
  expect_says(finding, "times as fast as scalelaw-serial: 88 % of linear");
  EXPECT_NEAR(finding.value, 1 / (0.02 + 0.98 / 8), 0.1);
  EXPECT_LE(finding.low, finding.value);
  EXPECT_GE(finding.high, finding.value);
  EXPECT_EQ(finding.point, 4);
  EXPECT_EQ(finding.series, 1);
}

TEST(Findings, GiveTheBestAndTheWorstOfSeveralKernels) {
  SyntheticCampaign out = good();
  out.add(5, "slow", models::serial, {1, 1, 1}, phases(0.5, 0.5, 1));
  out.add(6, "slow", models::openmp, {1, 1, 4}, phases(0.5, 0.5, 4));
  const Finding finding = of_kind(out.results(), FindingKind::scaling);
  expect_says(finding,
              "Best speedups over scalelaw-serial, in 2 workloads: 40 % of linear for slow (1.60");
  expect_says(finding, "to 88 % for k (7.0");
}

TEST(Findings, NameAnExperimentInTheShortestWay) {
  SyntheticCampaign out = good();
  for (const double size : {1e6, 1e7}) {
    const auto series = static_cast<std::int64_t>(size);
    for (const std::int64_t p : {1, 2}) {
      const auto x = static_cast<double>(p);
      out.add(series, "k", models::openmp, {1, 1, p}, phases(0.1, 0.9, x), size).experiment =
          "small";
    }
  }
  const std::string both = of_kind(out.results(), FindingKind::scaling).text;
  EXPECT_NE(both.find("for k size=10"), std::string::npos) << both;
  EXPECT_EQ(both.find("small: k"), std::string::npos) << "the size distinguishes: " << both;
  Results& results = out.results();
  results.points.resize(results.points.size() - 2);  // one size is left
  std::erase_if(results.launches, [&](const Launch& launch) {
    return launch.point >= static_cast<std::int64_t>(results.points.size());
  });
  std::erase_if(results.samples, [&](const Sample& sample) {
    return sample.launch >= static_cast<std::int64_t>(results.launches.size());
  });
  const std::string one = of_kind(results, FindingKind::scaling).text;
  EXPECT_NE(one.find("for small ("), std::string::npos) << one;
}

TEST(Findings, NameTheWinner) {
  SyntheticCampaign out = good();
  add_ranks(out, 1.2);
  const Finding finding = of_kind(out.results(), FindingKind::winner);
  expect_says(finding,
              "openmp is the fastest model, each at its best placement: with 1x1x8 it is 1.20");
  expect_says(finding, "times as fast as mpi 1x8x1");
}

TEST(Findings, SayThatNoneWins) {
  SyntheticCampaign out = good(0.01);
  add_ranks(out, 1.0);
  expect_says(of_kind(out.results(), FindingKind::winner), "No model wins: ");
}

TEST(Findings, SayThatSerialWinsOverParallel) {
  SyntheticCampaign out(1, 10, 0.001);
  out.add(0, "k", models::serial, {1, 1, 1}, phases(0.02, 0.98, 1));
  out.add(1, "k", models::openmp, {1, 1, 2}, phases(1.5, 0.98, 2));
  expect_says(of_kind(out.results(), FindingKind::winner), "serial is the fastest model");
}

/// What a point spends its time on, and the words for it.
struct Lost {
  SyntheticPhases phases;
  std::string words;
};

TEST(Findings, SayWhatLimitsAndWhatToTry) {
  const std::vector<Lost> all{
      {{.prepare_s = 0.3, .compute_s = 0.7 / 4}, "points in serial phases: a larger size"},
      {{.compute_s = 1.0 / 4, .slowest = 1.8}, "to imbalance: try schedule = \"dynamic\""},
      {{.compute_s = 1.0 / 4, .combine_s = 0.2}, "in transfer between ranks: try a larger size"}};
  for (const Lost& lost : all) {
    SyntheticCampaign out(1, 10, 0.001);
    SyntheticPhases one = lost.phases;
    one.compute_s *= 4;
    one.slowest = 1;
    one.combine_s = 0;
    out.add(1, "k", models::openmp, {1, 1, 1}, one);
    out.add(1, "k", models::openmp, {1, 1, 4}, lost.phases);
    const Finding finding = of_kind(out.results(), FindingKind::limit);
    expect_says(finding, lost.words);
    EXPECT_GT(finding.value, 0.3) << finding.text;
  }
  SyntheticCampaign out(1, 10, 0.001);
  for (const std::int64_t p : {1, 4}) {
    out.add(1, "k", models::openmp, {1, 1, p}, phases(0.001, 0.999, static_cast<double>(p)));
  }
  expect_says(of_kind(out.results(), FindingKind::limit), "Nothing limits much");
}

TEST(Findings, SayThatMemoryLimits) {
  SyntheticCampaign out(1, 10, 0.001);
  for (const std::int64_t p : {1, 2, 4}) {
    const auto x = std::min(2.0, static_cast<double>(p));  // memory gives no more than two need
    out.add(1, "m", models::openmp, {1, 1, p}, {.compute_s = 1 / x}).work["memory_bound"] = true;
    out.add(2, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 0.95 / x}).experiment =
        "ceilings";
  }
  const Finding finding = of_kind(out.results(), FindingKind::limit);
  expect_says(finding, "Memory limits m: openmp 1x1x");
  expect_says(finding, "reads at 95 % of what this placement can read");
  expect_says(finding, "more cores of the same node cannot help");
  EXPECT_NEAR(finding.value, 0.95, 0.01);
}

TEST(Findings, SayWhetherTheorySawItComing) {
  SyntheticCampaign out = good();
  expect_says(of_kind(out.results(), FindingKind::theory), "Theory saw it coming: k openmp 1x1x8");
  SyntheticCampaign other(1, 10, 0.001);
  other.add(1, "k", models::openmp, {1, 1, 1}, phases(0.02, 0.98, 1));
  other.add(1, "k", models::openmp, {1, 1, 8}, phases(0.3, 0.98, 8));
  const Finding finding = of_kind(other.results(), FindingKind::theory);
  expect_says(finding, "Theory did not see it coming");
  expect_says(finding, " too high: more than 10 % off, although inside its 95 % band [");
  expect_says(finding, "predicted 7.0");
  expect_says(finding, "times its own one worker");
  EXPECT_GT(finding.value, 0.5);
  SyntheticCampaign silent = good();
  for (Sample& sample : silent.results().samples) sample.phases.clear();
  for (auto point = silent.results().points.begin() + 2; point < silent.results().points.end();
       ++point) {
    point->series = point - silent.results().points.begin();
  }
  EXPECT_EQ(of_kind(silent.results(), FindingKind::theory).text, "");
}

TEST(Findings, SayWhatKeepsItFromBeingPublished) {
  SyntheticCampaign out = good();
  expect_says(of_kind(out.results(), FindingKind::publication),
              "Nothing speaks against publishing");
  SyntheticCampaign wide = good(0.2);
  for (Point& point : wide.results().points) point.state = State::not_converged;
  for (Launch& launch : wide.results().launches) launch.wall_s = 0.5;
  const Finding finding = of_kind(wide.results(), FindingKind::publication);
  expect_says(
      finding,
      "Do not publish this yet: 5 of 5 medians did not converge to an interval within 2.0 % (the "
      "widest interval: k ");
  expect_says(finding, "more of measuring");
  SyntheticCampaign few(1, 10, 0.001);
  few.results().target_interval = 0.02;
  for (const std::int64_t p : {1, 2}) {
    few.add(1, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)));
  }
  expect_says(of_kind(few.results(), FindingKind::publication),
              "no series has more than 2 worker counts");
  SyntheticCampaign two = good();
  two.results().points[1].state = State::unstable;
  expect_says(of_kind(two.results(), FindingKind::publication),
              "1 of 5 medians did not converge to an interval within 2.0 % (1 with two centres)");
}

TEST(Findings, SayFirstThatAllLaunchesWereBusy) {
  SyntheticCampaign out = good();
  EXPECT_EQ(of_kind(out.results(), FindingKind::busy).text, "");
  for (Launch& launch : out.results().launches) launch.busy = true;
  const std::vector<Finding> all = found(out.results());
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.front().kind, to_string(FindingKind::busy));
  expect_says(all.front(), "All 50 launches ran beside other work");
  for (const RuleVerdict& rule : make_report(out.results()).rules) {
    if (rule.number != 5 && rule.number != 8) continue;
    EXPECT_NE(rule.standing, Standing::kept) << rule.number;
  }
}

TEST(Findings, SayFirstThatNothingWasMeasured) {
  SyntheticCampaign out = good();
  for (Point& point : out.results().points) point.clock = TimeSource::pretended;
  const std::vector<Finding> all = found(out.results());
  EXPECT_EQ(all.front().kind, to_string(FindingKind::clock));
  expect_says(all.front(),
              "PRETENDED TIMES: the fake launcher invented them; nothing was measured.");
}

TEST(Findings, CountThePointsThatFailed) {
  SyntheticCampaign out = good();
  out.results().points[3].state = State::crashed;
  expect_says(of_kind(out.results(), FindingKind::failed), "1 of 5 points failed (1 crashed)");
}

TEST(Findings, ExplainSpeedupsAboveTheNumberOfWorkers) {
  SyntheticCampaign out = good();
  EXPECT_EQ(of_kind(out.results(), FindingKind::superlinear).text, "");
  SyntheticCampaign more(1, 10, 0.001);
  more.add(1, "k", models::openmp, {1, 1, 1}, phases(0, 1, 1));
  more.add(1, "k", models::openmp, {1, 1, 4}, phases(0, 1, 5));
  const Finding unknown = of_kind(more.results(), FindingKind::superlinear);
  expect_says(unknown, "k (openmp 1x1x4) is 5.00");
  expect_says(unknown, "either each worker's share now fits a cache, or the baseline is slow");
  more.results().environment["topology.cores"] = "4";
  more.results().environment["topology.l2"] = "4 x 1048576 bytes";
  more.results().environment["topology.l3"] = "1 x 4194304 bytes";
  for (Point& point : more.results().points) {
    point.work["memory_bound"] = true;
    point.work["resident_bytes"] = 3.8e6;
  }
  expect_says(of_kind(more.results(), FindingKind::superlinear),
              "now stays in the cores' own caches");
}

TEST(Findings, NameAPeerThatIsFaster) {
  SyntheticCampaign out = good();
  EXPECT_EQ(of_kind(out.results(), FindingKind::peer).text, "");
  out.add(9, "k", models::serial, {1, 1, 1}, phases(0, 0.5, 1)).implementation = "numpy";
  const Finding finding = of_kind(out.results(), FindingKind::peer);
  expect_says(finding, "A peer is faster in 1 of 1 comparison: numpy (1x1x1) is 2.00");
  expect_says(finding, "times as fast as our best, ");
  expect_says(finding, " 1x1x1, on k with 1 worker");
}

TEST(Findings, SayWhereWorkersBeginToBeWasted) {
  SyntheticCampaign out = good();
  expect_says(of_kind(out.results(), FindingKind::efficiency),
              "Efficiency is nowhere certainly below 75 %");
  SyntheticCampaign steep(1, 10, 0.001);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    steep.add(1, "k", models::openmp, {1, 1, p}, phases(0.2, 0.8, static_cast<double>(p)));
  }
  const Finding finding = of_kind(steep.results(), FindingKind::efficiency);
  expect_says(finding,
              "Efficiency over one worker falls below 75 % at 4 workers: at best, k has 6");
  EXPECT_NEAR(finding.value, 0.625, 0.01);
  const Report report = make_report(steep.results());
  const auto half = findings_of(report, {.efficiency = 0.5});
  expect_says(half.back(), "below 50 %");
  expect_says(half.back(), "at 8 workers");
  expect_says(findings_of(report, {.efficiency = 0.999}).back(), "below 99.9 % at 2 workers");
}

TEST(Findings, AreAtMostEightSentencesInTheOrderOfTheirKinds) {
  SyntheticCampaign out = good();
  add_ranks(out, 1.2);
  Results& results = out.results();
  for (Launch& launch : results.launches) launch.busy = true;
  results.points[2].state = State::crashed;
  results.points[3].clock = TimeSource::pretended;
  out.add(9, "k", models::serial, {1, 1, 1}, phases(0, 0.5, 1)).implementation = "numpy";
  for (const std::int64_t p : {1, 4}) {
    const auto x = static_cast<double>(p);
    Point& point = out.add(10, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98 * x, x));
    point.scaling = Scaling::weak;
  }
  const std::vector<Finding> all = found(results);
  EXPECT_EQ(all.size(), FindingLimits{}.most);
  std::vector<FindingKind> kinds;
  for (const Finding& finding : all) {
    kinds.push_back(enum_from<FindingKind>(finding.kind, "kind"));
    EXPECT_TRUE(finding.text.ends_with(".")) << finding.text;
  }
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), FindingKind::publication), 1);
}

TEST(Findings, StandInTheFirstLinesOfAReport) {
  SyntheticCampaign out = good();
  add_ranks(out, 1.2);
  const Report report = make_report(out.results());
  const std::string text = render(report, Format::table, Detail::tables);
  std::size_t end = 0;
  for (int line = 0; line < 15; ++line) end = text.find('\n', end) + 1;
  const std::string first = text.substr(0, end);
  for (const char* part : {"times as fast as scalelaw-serial", "is the fastest model", "efficiency",
                           "Theory", "publish"}) {
    EXPECT_NE(first.find(part), std::string::npos) << part << "\n" << first;
  }
  const std::string quiet = render(report, Format::table, Detail::findings);
  EXPECT_EQ(quiet.find("NxRxT"), std::string::npos) << quiet;
  EXPECT_NE(render(report, Format::table, Detail::full).find("Environment"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
