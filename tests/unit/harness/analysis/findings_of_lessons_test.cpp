// Each of these kinds of finding is planted in a file that does not have it otherwise.
#include <gtest/gtest.h>

#include <string>

#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

/// Serial and two threads at several sizes; threads cost 10 us, and halve 1 ns an operation.
SyntheticCampaign sizes(double noise) {
  SyntheticCampaign out(1, 8, noise);
  for (const double n : {1e3, 1e4, 1e5, 1e6}) {
    const auto series = static_cast<std::int64_t>(n);
    out.add(series, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(series + 1, "k", models::openmp, {1, 1, 2},
            {.compute_s = n * 0.5e-9, .combine_s = 1e-5}, n);
  }
  return out;
}

TEST(CrossoverFinding, SaysFromWhichSizeOnAnotherWayIsBest) {
  SyntheticCampaign out = sizes(0.01);
  const Finding finding = of_kind(out.results(), FindingKind::crossover);
  expect_says(finding, "as size grows, serial 1x1x1 is best, from ");
  expect_says(finding, " on openmp 1x1x2.");
  EXPECT_LE(finding.low, 2e4);
  EXPECT_GE(finding.high, 2e4);
  EXPECT_LT(finding.low, finding.high);
  EXPECT_NEAR(finding.value, 2e4, 2e3);
  EXPECT_GE(finding.point, 0);
}

TEST(CrossoverFinding, IsAbsentWhereOneWayIsAlwaysBest) {
  SyntheticCampaign out(1, 8, 0.01);
  for (const double n : {1e5, 1e6}) {
    const auto series = static_cast<std::int64_t>(n);
    out.add(series, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    out.add(series + 1, "k", models::openmp, {1, 1, 2}, {.compute_s = n * 0.5e-9}, n);
  }
  EXPECT_EQ(of_kind(out.results(), FindingKind::crossover).text, "");
}

/// One placement with several chunk sizes, of which `best` is `gain` times as fast as the others.
SyntheticCampaign chunks(double gain) {
  SyntheticCampaign out(1, 8, 0.002);
  for (const int chunk : {1, 16, 256}) {
    Point& point = out.add(chunk, "k", models::openmp, {1, 1, 4},
                           {.compute_s = chunk == 16  ? 1 / gain
                                         : chunk == 1 ? 1.0
                                                      : 1.2 / gain});
    point.params = {{"tasks", 1000}, {"chunk", chunk}};
  }
  return out;
}

TEST(SettingFinding, NamesTheBestValueAndHowMuchWorseTheOthersAre) {
  SyntheticCampaign out = chunks(2);
  const Finding finding = of_kind(out.results(), FindingKind::setting);
  expect_says(finding, "chunk = 16 is the best of 3 values for k tasks=1000 (openmp 1x1x4): 2.0");
  expect_says(finding, "times as fast as with 1, 1.2");
  expect_says(finding, "times as fast as with 256.");
  EXPECT_NEAR(finding.value, 2, 0.05);
  EXPECT_GT(finding.low, 1.9);
}

TEST(SettingFinding, AdvisesNoValueWhoseResultsAreWrong) {
  SyntheticCampaign out = chunks(2);
  for (Sample& sample : out.results().samples) {
    const bool best = out.results().launches[sample.launch].point == 1;
    sample.facts["lost"] = best ? "3" : "0";
  }
  expect_says(of_kind(out.results(), FindingKind::setting), "chunk = 256 is the best of 2 values");
}

TEST(SettingFinding, IsAbsentWhereNoValueIsBetterOrTheWorkDiffers) {
  SyntheticCampaign level(1, 8, 0.02);
  for (const int chunk : {1, 16}) {
    level.add(chunk, "k", models::openmp, {1, 1, 4}, {.compute_s = 1}).params = {{"chunk", chunk}};
  }
  EXPECT_EQ(of_kind(level.results(), FindingKind::setting).text, "");
  SyntheticCampaign out = chunks(2);
  for (Point& point : out.results().points) point.work["operations"] = point.params["chunk"];
  EXPECT_EQ(of_kind(out.results(), FindingKind::setting).text, "") << "a size is no setting";
  SyntheticCampaign few = chunks(2);
  for (Point& point : few.results().points) point.state = State::crashed;
  EXPECT_EQ(of_kind(few.results(), FindingKind::setting).text, "");
}

/// A series with a serial share of 0.1 for each of `shares`, which its kernel states.
SyntheticCampaign of_shares(const std::vector<double>& shares) {
  SyntheticCampaign out(1, 10, 0.002);
  for (std::size_t series = 0; series < shares.size(); ++series) {
    for (const std::int64_t p : {1, 2, 4, 8}) {
      out.add(static_cast<std::int64_t>(series) + 1, "k", models::openmp, {1, 1, p},
              phases(0.1, 0.9, static_cast<double>(p)))
          .params = {{"serial_fraction", shares[series]}};
    }
  }
  return out;
}

SyntheticCampaign of_share(double share) {
  return of_shares({share});
}

TEST(StatedFinding, SaysWhetherALawFindsWhatTheKernelStates) {
  SyntheticCampaign right = of_share(0.1);
  const Finding finding = of_kind(right.results(), FindingKind::stated);
  expect_says(finding,
              "Amdahl finds what the kernel states (k openmp: serial_fraction = 0.1 stated, ");
  EXPECT_LE(finding.low, 0.1);
  EXPECT_GE(finding.high, 0.1);
  SyntheticCampaign wrong = of_share(0.3);
  const Finding off = of_kind(wrong.results(), FindingKind::stated);
  expect_says(off, "Amdahl does not find what the kernel states, and is 0.2 off (k openmp: ");
  SyntheticCampaign silent = of_share(0.1);
  for (Point& point : silent.results().points) point.params = {{"size", 1}};
  EXPECT_EQ(of_kind(silent.results(), FindingKind::stated).text, "");
}

TEST(StatedFinding, SaysHowNearALawComesInSeveralSeries) {
  SyntheticCampaign all = of_shares({0.1, 0.1});
  expect_says(of_kind(all.results(), FindingKind::stated),
              "Amdahl finds what the kernel states in all 2 series, within its interval; farthest");
  SyntheticCampaign one = of_shares({0.1, 0.4});
  const Finding off = of_kind(one.results(), FindingKind::stated);
  expect_says(off, "Amdahl comes within 0.3 of what the kernel states in 2 series, and its ");
  expect_says(off,
              "interval has it in 1; farthest off is k openmp: serial_fraction = 0.4 stated, ");
}

/// Four cores, then `workers` on them, `factor` times as long.
SyntheticCampaign beyond(std::int64_t workers, double factor) {
  SyntheticCampaign out = good();
  Point& more = out.add(1, "k", models::openmp, {1, 1, workers}, phases(0.02, 0.98 * factor, 8));
  more.oversubscribed = true;
  return out;
}

TEST(OversubscribedFinding, SaysWhatWorkersWithoutACoreGain) {
  SyntheticCampaign worse = beyond(16, 1.5);
  const Finding finding = of_kind(worse.results(), FindingKind::oversubscribed);
  expect_says(finding, "More workers than cores hurt k: openmp 1x1x16 is 0.7");
  expect_says(finding, "times as fast as 1x1x8");
  EXPECT_LT(finding.high, 1);
  SyntheticCampaign better = beyond(16, 0.5);
  expect_says(of_kind(better.results(), FindingKind::oversubscribed),
              "so its workers wait rather than compute");
  SyntheticCampaign none = good();
  EXPECT_EQ(of_kind(none.results(), FindingKind::oversubscribed).text, "");
}

/// Two ways to count, of which one loses 100 to 300 in its samples.
SyntheticCampaign counters() {
  SyntheticCampaign out = good();
  out.add(7, "k", models::openmp, {1, 1, 2}, phases(0, 1, 2)).params = {{"update", "race"}};
  int number = 0;
  for (Sample& sample : out.results().samples) {
    const bool race = out.results().launches[sample.launch].point == 5;
    sample.facts["lost"] = race ? std::to_string(100 * (1 + number++ % 3)) : "0";
  }
  return out;
}

TEST(LostFinding, SaysHowMuchIsMissing) {
  SyntheticCampaign out = counters();
  const Finding finding = of_kind(out.results(), FindingKind::lost);
  expect_says(finding, "Results are wrong: k update=race (openmp 1x1x2) loses 200 (the median of ");
  expect_says(finding, "from 100 to 300); 1 of 6 points loses something, and 5 nothing.");
  EXPECT_EQ(finding.value, 200);
  EXPECT_EQ(finding.point, 5);
}

TEST(LostFinding, NamesThePointOfEachModelThatLosesMost) {
  SyntheticCampaign out = counters();
  out.add(8, "k", models::mpi, {1, 2, 1}, phases(0, 1, 2)).params = {{"update", "race"}};
  for (Sample& sample : out.results().samples) {
    if (out.results().launches[sample.launch].point == 6) sample.facts["lost"] = "7";
  }
  const Report report = make_report(out.results(), {.most = all_findings});
  std::string found;
  for (const Finding& one : report.findings) {
    if (one.kind == to_string(FindingKind::lost)) found += one.text + "\n";
  }
  EXPECT_NE(found.find("(openmp 1x1x2) loses 200"), std::string::npos) << found;
  EXPECT_NE(found.find("(mpi 1x2x1) loses 7"), std::string::npos) << found;
}

TEST(LostFinding, IsAbsentWhereNothingIsMissing) {
  SyntheticCampaign out = counters();
  for (Sample& sample : out.results().samples) sample.facts["lost"] = "0";
  EXPECT_EQ(of_kind(out.results(), FindingKind::lost).text, "");
  for (Sample& sample : out.results().samples) sample.facts["lost"] = "some";
  EXPECT_EQ(of_kind(out.results(), FindingKind::lost).text, "") << "not a number";
}

/// Threads and three peers at several sizes: one pays 100 us and halves the time, one always wins,
/// and one never does.
SyntheticCampaign peers_over_sizes() {
  SyntheticCampaign out(1, 8, 0.01);
  const auto add = [&](const std::string& name, double fixed_s, double per_s) {
    for (const double n : {1e3, 1e4, 1e5, 1e6}) {
      const auto series = static_cast<std::int64_t>(out.results().points.size()) + 100;
      out.add(series, "k", models::openmp, {1, 1, 2},
              {.compute_s = n * per_s, .combine_s = fixed_s}, n)
          .implementation = name;
    }
  };
  add("threads", 1e-6, 2e-9);
  add("processes", 1e-4, 1e-9);
  add("magic", 1e-7, 1e-10);
  add("cluster", 1, 1e-9);
  return out;
}

TEST(TurnsFinding, ComparesPeersWithTheFirstOfTheCampaign) {
  SyntheticCampaign out = peers_over_sizes();
  const Finding finding = of_kind(out.results(), FindingKind::crossover);
  expect_says(finding, "with 2 workers as size grows, faster than threads: ");
  expect_says(finding, "magic at every size");
  expect_says(finding, "processes from ");
  expect_says(finding, "cluster at none");
  EXPECT_LE(finding.low, 1e5);
  EXPECT_GE(finding.high, 1e5);
  EXPECT_LT(finding.high / finding.low, 1.5);
}

/// Threads and processes at two sizes, with the times of each launch.
SyntheticCampaign few_launches(int launches, double noise) {
  SyntheticCampaign out(1, launches, noise);
  std::int64_t series = 0;
  for (const double n : {1e3, 1e5}) {
    for (const bool pool : {false, true}) {
      out.add(series++, "k", models::openmp, {1, 1, 2},
              {.compute_s = n * (pool ? 1e-9 : 2e-9), .combine_s = pool ? 1e-5 : 1e-8}, n)
          .implementation = pool ? "processes" : "threads";
    }
  }
  return out;
}

TEST(TurnsFinding, HasAnIntervalFromTwoLaunchesOfEachPoint) {
  SyntheticCampaign out = few_launches(2, 0.02);
  const Finding finding = of_kind(out.results(), FindingKind::crossover);
  expect_says(finding, "processes from ");
  expect_says(finding, "]");
  EXPECT_LE(finding.low, 1e4) << "10 us against 1 ns a step";
  EXPECT_GE(finding.high, 1e4);
  EXPECT_GT(finding.low, 1e3);
  EXPECT_LT(finding.high, 1e5);
}

TEST(TurnsFinding, SaysThatSingleLaunchesTellNothing) {
  SyntheticCampaign out = few_launches(1, 0);
  const Finding finding = of_kind(out.results(), FindingKind::crossover);
  expect_says(finding, "faster than threads: processes not certain.");
}

TEST(TurnsFinding, NeedsPeers) {
  SyntheticCampaign out = sizes(0.01);
  for (const Finding& finding : make_report(out.results()).findings) {
    EXPECT_EQ(finding.text.find("faster than"), std::string::npos) << finding.text;
  }
}

TEST(StagesFinding, NamesTheBusiestStage) {
  SyntheticCampaign out = good();
  EXPECT_EQ(of_kind(out.results(), FindingKind::stages).text, "");
  for (Point& point : out.results().points) point.work["task"] = "pipeline";
  for (Sample& sample : out.results().samples) {
    sample.stages = {{"read", 0.1 * sample.total_s}, {"compress", 0.4 * sample.total_s}};
  }
  const Finding finding = of_kind(out.results(), FindingKind::stages);
  expect_says(finding,
              "The busiest stage of k (openmp 1x1x8) is compress, with 80 % of the work; ");
  expect_says(finding, "at most 5.0 times as fast. 0.5 stages are busy at a time.");
  EXPECT_NEAR(finding.value, 0.8, 1e-9);
}

}  // namespace
}  // namespace scalelaw::harness
