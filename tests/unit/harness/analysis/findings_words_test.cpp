// What the sentences of findings name, and what they must not conclude.
#include <algorithm>
#include <sstream>

#include "harness/render/formats.hpp"
#include "support/found_findings.hpp"
#include "support/one_line.hpp"

namespace scalelaw::harness {
namespace {

void expect_silent_on(const Finding& finding, const std::string& part) {
  EXPECT_EQ(finding.text.find(part), std::string::npos) << part << "\n" << finding.text;
}

void make_busy(Results& results, std::int64_t point) {
  for (Launch& launch : results.launches) launch.busy = launch.busy || launch.point == point;
}

/// The environment of a machine whose cores have caches.
void add_caches(Results& results) {
  results.environment["topology.cores"] = "4";
  results.environment["topology.l2"] = "4 x 1048576 bytes";
  results.environment["topology.l3"] = "1 x 4194304 bytes";
}

/// A memory-bound kernel that reads at 95 % of ceilings whose seconds are `ceiling_s`.
SyntheticCampaign memory_bound(const std::vector<std::pair<std::int64_t, double>>& ceiling_s) {
  SyntheticCampaign out(1, 10, 0.001);
  for (const auto& [p, seconds] : ceiling_s) {
    out.add(1, "m", models::openmp, {1, 1, p}, {.compute_s = seconds / 0.95}).work["memory_bound"] =
        true;
    out.add(2, "memory_read", models::openmp, {1, 1, p}, {.compute_s = seconds}).experiment =
        "ceilings";
  }
  return out;
}

TEST(FindingWords, SayThatMoreCoresCannotHelpOnlyWhereBandwidthEnded) {
  SyntheticCampaign growing = memory_bound({{1, 1}, {2, 0.51}});
  const Finding more = of_kind(growing.results(), FindingKind::limit);
  expect_says(more,
              "m reads memory as fast as these cores can (openmp 1x1x2: 95 % of the ceiling)");
  expect_says(more, "bandwidth still grows with cores");
  SyntheticCampaign fading = memory_bound({{1, 1}, {2, 0.7}});
  expect_says(of_kind(fading.results(), FindingKind::limit), "more of them help little");
  SyntheticCampaign ended = memory_bound({{1, 1}, {2, 0.99}});
  expect_says(of_kind(ended.results(), FindingKind::limit), "cannot help");
  SyntheticCampaign alone = memory_bound({{2, 1}});
  alone.add(3, "m", models::serial, {1, 1, 1}, {.compute_s = 2});
  expect_silent_on(of_kind(alone.results(), FindingKind::limit), "cannot help");
}

/// A kernel that reads at 90 % of what memory can, beside conversions that need `rate_s` of its 1 s.
Finding limit_beside_a_rate(double rate_s) {
  SyntheticCampaign out(1, 10, 0.001);
  for (const std::int64_t p : {1, 2}) {
    const double seconds = p == 1 ? 1 : 0.98;
    Point& point = out.add(1, "m", models::openmp, {1, 1, p}, {.compute_s = seconds});
    point.work["memory_bound"] = true;
    point.work["demands"] = {{"convert", 1e9 * rate_s * seconds}};
    out.add(2, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 0.9 * seconds}).experiment =
        "ceilings";
    Point& rate = out.add(3, "core_rate", models::openmp, {1, 1, p}, {.compute_s = 1});
    rate.params["rate"] = "convert";
    rate.experiment = "ceilings";
  }
  return of_kind(out.results(), FindingKind::limit);
}

TEST(FindingWords, SayThatMemoryLimitsOnlyWhereTheCoresNeedLess) {
  expect_says(limit_beside_a_rate(0.5), "Memory limits m");
  expect_silent_on(limit_beside_a_rate(0.97), "Memory limits");
  expect_says(limit_beside_a_rate(1.3), "Memory limits m");  // a rate in doubt says nothing
}

TEST(FindingWords, NameEachWorkloadThatMemoryLimits) {
  SyntheticCampaign out = memory_bound({{1, 1}, {2, 0.51}});
  for (const std::int64_t p : {1, 2}) {
    const double seconds = 1.1 / static_cast<double>(p);
    out.add(4, "other", models::openmp, {1, 1, p}, {.compute_s = seconds}).work["memory_bound"] =
        true;
  }
  const Finding finding = of_kind(out.results(), FindingKind::limit);
  expect_says(finding, "m and other read memory as fast as these cores can (93 to 95 %");
}

TEST(FindingWords, NameTheBaselineOfEachNumber) {
  // Over serial it is linear, and over its own slow one worker it is not.
  SyntheticCampaign out(1, 10, 0.001);
  out.add(0, "k", models::serial, {1, 1, 1}, phases(0, 2, 1));
  out.add(1, "k", models::openmp, {1, 1, 1}, phases(0.2, 1.4, 1));
  out.add(1, "k", models::openmp, {1, 1, 2}, phases(0.3, 1.4, 2));
  expect_says(of_kind(out.results(), FindingKind::scaling), "times as fast as scalelaw-serial");
  const Finding limit = of_kind(out.results(), FindingKind::limit);
  expect_says(limit, "k with openmp 1x1x2 loses 20.0 % of the efficiency of its own one worker");
  expect_says(limit, "20.0 of these 20.0 points in serial phases: ");
  expect_says(of_kind(out.results(), FindingKind::theory), "times its own one worker");
}

TEST(FindingWords, DistinguishStrongFromWeakOfOneKernel) {
  SyntheticCampaign out = good();
  for (const std::int64_t p : {1, 2}) {
    const auto x = static_cast<double>(p);
    out.add(7, "k", models::openmp, {1, 1, p}, phases(0.2 * (x - 1), 0.98, 1), 1e9 * x).scaling =
        Scaling::weak;
  }
  expect_says(of_kind(out.results(), FindingKind::limit), "k (weak) with openmp 1x1x2 loses");
  const Finding scaling = of_kind(out.results(), FindingKind::scaling);
  expect_says(scaling, "k with 8 workers (openmp 1x1x8) runs 7.0");
  expect_says(scaling, "; with a size that grows, k does 1.6");
}

TEST(FindingWords, CarryTheMarksOfEverythingTheyName) {
  SyntheticCampaign out = good();
  add_ranks(out, 1.2);
  out.add(9, "k", models::serial, {1, 1, 1}, phases(0, 0.5, 1)).implementation = "numpy";
  Results& results = out.results();
  for (const FindingKind kind : {FindingKind::scaling, FindingKind::winner, FindingKind::peer}) {
    expect_silent_on(of_kind(results, kind), " times: ");
  }
  Results slow_base = results;
  make_busy(slow_base, 0);  // the serial baseline
  EXPECT_EQ(of_kind(slow_base, FindingKind::scaling).marks, "busy");
  expect_says(of_kind(slow_base, FindingKind::scaling), "busy");
  Results slow_rival = results;
  make_busy(slow_rival, 8);  // MPI with 8 workers
  EXPECT_EQ(of_kind(slow_rival, FindingKind::winner).marks, "busy");
  Results slow_peer = results;
  make_busy(slow_peer, 9);
  EXPECT_EQ(of_kind(slow_peer, FindingKind::peer).marks, "busy");
  Results slow_own = results;
  make_busy(slow_own, 1);  // one thread
  EXPECT_EQ(of_kind(slow_own, FindingKind::limit).marks, "busy");
  SyntheticCampaign alone = good();
  make_busy(alone.results(), 1);
  EXPECT_EQ(of_kind(alone.results(), FindingKind::theory).marks, "busy");
  SyntheticCampaign memory = memory_bound({{1, 1}, {2, 0.51}});
  make_busy(memory.results(), 3);  // the ceiling
  EXPECT_EQ(of_kind(memory.results(), FindingKind::limit).marks, "busy");
}

TEST(FindingWords, SayHowManyOfTheirTimesHaveEachMark) {
  SyntheticCampaign out = good();
  add_ranks(out, 1.2);
  Results& results = out.results();
  make_busy(results, 8);  // MPI with 8 workers
  expect_says(of_kind(results, FindingKind::winner), "(1 of the 2 times: busy).");
  expect_silent_on(of_kind(results, FindingKind::scaling), "busy");
  results.points[4].state = State::not_converged;  // OpenMP with 8 workers
  expect_says(of_kind(results, FindingKind::scaling), "(1 of the 2 times: not_converged).");
  for (Point& point : results.points) point.state = State::not_converged;
  const Finding winner = of_kind(results, FindingKind::winner);
  EXPECT_EQ(winner.marks, "not_converged, busy");
  expect_says(winner, "(both times: not_converged; 1 of the 2 times: busy).");
}

TEST(FindingWords, DoNotRepeatThatNothingWasMeasured) {
  SyntheticCampaign out = good();
  for (Point& point : out.results().points) point.clock = TimeSource::pretended;
  const Finding all = of_kind(out.results(), FindingKind::scaling);
  EXPECT_EQ(all.marks, "pretended");
  expect_silent_on(all, "pretended");
  out.results().points[0].clock = TimeSource::measured;  // then it must be said of which
  expect_says(of_kind(out.results(), FindingKind::scaling), "times: pretended");
}

TEST(FindingWords, JudgeEfficiencyByTheBestOfEachCount) {
  SyntheticCampaign out = good();
  for (const std::int64_t p : {2, 4}) {  // a bad placement of another model
    out.add(2, "k", models::hybrid, {1, p, 1}, phases(0.9, 0.98, static_cast<double>(p)));
  }
  expect_says(of_kind(out.results(), FindingKind::efficiency), "is nowhere");
}

TEST(FindingWords, CallEfficiencyCertainOnlyWithIntervals) {
  SyntheticCampaign out(1, 3, 0.001);  // three launches have no interval
  for (const std::int64_t p : {1, 2}) {
    out.add(1, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)));
  }
  const Finding finding = of_kind(out.results(), FindingKind::efficiency);
  expect_says(finding, "Efficiency is nowhere below 75 %");
}

TEST(FindingWords, CallNothingSuperlinearWithoutAnInterval) {
  SyntheticCampaign out(1, 3, 0.001);
  out.add(1, "k", models::openmp, {1, 1, 1}, phases(0, 1, 1));
  out.add(1, "k", models::openmp, {1, 1, 4}, phases(0, 1, 5));
  EXPECT_EQ(of_kind(out.results(), FindingKind::superlinear).text, "");
}

TEST(FindingWords, ExplainSuperlinearSpeedupsWithoutATimeAtOneWorker) {
  SyntheticCampaign out(1, 10, 0.001);
  out.add(0, "k", models::serial, {1, 1, 1}, phases(0, 1, 1));
  for (const std::int64_t p : {2, 4}) {
    out.add(1, "k", models::openmp, {1, 1, p}, phases(0, 0.7, static_cast<double>(p)));
  }
  add_caches(out.results());
  for (Point& point : out.results().points) {
    point.work["memory_bound"] = true;
    point.work["resident_bytes"] = 3.8e6;
  }
  expect_says(of_kind(out.results(), FindingKind::superlinear),
              "either each worker's share now fits a cache");
}

/// Three models whose best times and noise differ.
SyntheticCampaign three(int launches) {
  SyntheticCampaign out(1, launches, 0.001);
  out.add(1, "k", models::openmp, {1, 1, 2}, phases(0, 1.00, 1));
  out.add(2, "k", models::mpi, {1, 2, 1}, phases(0, 1.06, 1));
  out.add(3, "k", models::hybrid, {1, 1, 2}, phases(0, 1.09, 1));
  return out;
}

TEST(FindingWords, QuoteARivalThatMayBeAsFast) {
  SyntheticCampaign out = three(10);
  Results& results = out.results();
  for (Sample& sample : results.samples) {  // hybrid is slower than MPI, and far noisier
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    if (launch.point == 2) sample.total_s *= 1 + 0.06 * static_cast<double>(sample.launch % 10 - 5);
  }
  const Finding finding = of_kind(results, FindingKind::winner);
  expect_says(finding, "No model wins: openmp, hybrid are equal within their intervals");
  expect_says(finding, "times as fast as hybrid 1x1x2");
}

TEST(FindingWords, ClaimNoIntervalsWhereThereAreNone) {
  SyntheticCampaign out = three(3);
  const Finding finding = of_kind(out.results(), FindingKind::winner);
  expect_says(finding, "within 10 % of each other, with too few launches for intervals");
  expect_silent_on(finding, "within their intervals");
}

TEST(FindingWords, GiveTheLargestLeadOfRacesThatWereWon) {
  SyntheticCampaign out = good(0.05);
  add_ranks(out, 1.01);
  out.add(5, "clear", models::openmp, {1, 1, 2}, phases(0, 1, 1));
  out.add(6, "clear", models::mpi, {1, 2, 1}, phases(0, 1.5, 1));
  const Finding finding = of_kind(out.results(), FindingKind::winner);
  expect_says(finding,
              "Fastest model, in 2 workloads: openmp in 1, none in 1; the largest lead is");
  expect_says(finding, "in clear");
}

TEST(FindingWords, CompareAPeerWithOurBest) {
  SyntheticCampaign out(1, 10, 0.001);
  out.add(0, "k", models::serial, {1, 1, 1}, phases(0, 1, 1));
  out.add(1, "k", models::openmp, {1, 1, 1}, phases(0, 3, 1));  // a slow variant
  out.add(9, "k", models::serial, {1, 1, 1}, phases(0, 2, 1)).implementation = "numpy";
  EXPECT_EQ(of_kind(out.results(), FindingKind::peer).text, "") << "our best is faster";
  out.add(9, "k", models::openmp, {1, 1, 1}, phases(0, 0.5, 1)).implementation = "numpy";
  out.results().points.back().oversubscribed = true;
  EXPECT_EQ(of_kind(out.results(), FindingKind::peer).text, "") << "oversubscribed";
}

TEST(FindingWords, TellOfPeersWhereNothingIsOurs) {
  SyntheticCampaign out = good();
  for (Point& point : out.results().points) point.implementation = "numpy";
  expect_says(of_kind(out.results(), FindingKind::scaling), "times as fast as one worker");
  expect_says(of_kind(out.results(), FindingKind::theory), "Theory saw it coming");
}

TEST(FindingWords, DoNotLetMissingPointsBePublished) {
  SyntheticCampaign failed = good();
  failed.results().points[3].state = State::wrong_result;
  failed.results().points[3].reason = "digests differ";
  const Finding bad = of_kind(failed.results(), FindingKind::publication);
  expect_says(bad, "Do not publish this yet: 1 of 5 points failed");
  expect_says(bad, "`report --failures`");
  SyntheticCampaign pending = good();
  pending.results().points[3].state = State::pending;
  pending.results().points[3].reason = "interrupted";
  expect_says(of_kind(pending.results(), FindingKind::publication),
              "Do not publish this yet: 1 of 5 points not measured to the end");
  expect_says(of_kind(pending.results(), FindingKind::failed),
              "`scalelaw run --resume --retry pending`");
}

TEST(FindingWords, WarnWhereFewPointsConverge) {
  SyntheticCampaign out = good(0.2);
  EXPECT_EQ(of_kind(out.results(), FindingKind::convergence).text, "");
  out.results().points[1].state = State::not_converged;
  EXPECT_EQ(of_kind(out.results(), FindingKind::convergence).text, "") << "most converged";
  for (std::size_t i = 1; i < 5; ++i) out.results().points[i].state = State::not_converged;
  const Finding few = of_kind(out.results(), FindingKind::convergence);
  expect_says(few,
              "Only 1 of 5 medians converged to a 95 % interval within 2.0 %, and where so few");
  expect_says(few, "What would help: a quieter machine");
  expect_says(few, "raise `budget_s` and `launches_max`");
  EXPECT_DOUBLE_EQ(few.value, 0.2);
  SyntheticCampaign none = good(0.2);
  for (Point& point : none.results().points) point.state = State::not_converged;
  const Finding nobody = of_kind(none.results(), FindingKind::convergence);
  expect_says(nobody, "None of the 5 medians converged");
  expect_silent_on(nobody, "where so few");
}

TEST(FindingWords, CountTheUnconvergedOnceForAllSentencesAndRules) {
  SyntheticCampaign out = good(0.2);
  Results& results = out.results();
  results.points[0].state = State::unstable;
  for (const std::size_t i : {1, 2, 3}) results.points[i].state = State::not_converged;
  expect_says(of_kind(results, FindingKind::convergence), "Only 1 of 5 medians");
  expect_says(of_kind(results, FindingKind::publication),
              "4 of 5 medians did not converge to an interval within 2.0 % (1 with two centres; ");
  const Report report = make_report(results);
  EXPECT_EQ(report.rules[4].reason,
            "4 of 5 medians did not converge to an interval within the target of 2.0 %");
  make_busy(results, 4);
  expect_says(of_kind(results, FindingKind::publication), "4 of 5 medians did not converge");
  EXPECT_EQ(make_report(results).rules[4].reason,
            "4 of 5 medians did not converge to an interval within the target of 2.0 %; 1 of 5 "
            "medians measured on a busy machine");
}

TEST(FindingWords, SayWhyTheoryIsWrongInsideItsBand) {
  SyntheticCampaign out(3, 10, 0.3);
  out.add(1, "k", models::openmp, {1, 1, 1}, phases(0.02, 0.98, 1));
  out.add(1, "k", models::openmp, {1, 1, 8}, phases(0.06, 0.98, 8));
  const Finding finding = of_kind(out.results(), FindingKind::theory);
  expect_says(finding, "Theory did not see it coming: k openmp 1x1x8: predicted ");
  expect_says(finding, ": more than 10 % off, although inside its 95 % band [");
}

TEST(FindingWords, NameTheKindOfScalingOnlyWhereAFileHasBoth) {
  SyntheticCampaign strong = good();
  add_ranks(strong, 1.2);
  for (const FindingKind kind : {FindingKind::winner, FindingKind::theory}) {
    expect_silent_on(of_kind(strong.results(), kind), "strong");
  }
  SyntheticCampaign both = good();
  add_ranks(both, 1.2);
  for (const std::int64_t p : {1, 2, 4}) {
    const auto x = static_cast<double>(p);
    both.add(7, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, 1), 1e9 * x).scaling =
        Scaling::weak;
  }
  expect_says(of_kind(both.results(), FindingKind::winner),
              "openmp is the fastest model in k (strong), each");
  const Finding theory = of_kind(both.results(), FindingKind::theory);
  expect_says(theory, " series (2 strong, 1 weak)");
  for (const std::int64_t p : {1, 2, 4}) {
    const auto x = static_cast<double>(p);
    both.add(8, "k", models::mpi, {1, p, 1}, phases(0.02, 1.5, 1), 1e9 * x).scaling = Scaling::weak;
  }
  const Finding winner = of_kind(both.results(), FindingKind::winner);
  expect_says(winner,
              "openmp is the fastest model in all 2 workloads (1 strong, 1 weak); the "
              "largest lead is ");
  expect_says(winner, "in k (weak)");
}

TEST(FindingWords, SayWhatWouldKeepABrokenRule) {
  SyntheticCampaign out = good();
  for (Point& point : out.results().points) point.work.erase("amount");
  const Finding finding = of_kind(out.results(), FindingKind::publication);
  expect_says(finding,
              "rule 3 (means: arithmetic for costs, harmonic for rates) of Hoefler & Belli");
  expect_says(finding, "What would help: drivers that state the amount of work");
  SyntheticCampaign wide = good(0.2);
  for (Point& point : wide.results().points) point.state = State::not_converged;
  expect_silent_on(of_kind(wide.results(), FindingKind::publication), "rule 5");
}

TEST(FindingWords, IgnoreOversubscribedCountsAsATestOfALaw) {
  SyntheticCampaign out(1, 10, 0.001);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(1, "k", models::openmp, {1, 1, p}, phases(0.02, 0.98, static_cast<double>(p)))
        .oversubscribed = p > 2;
  }
  expect_says(of_kind(out.results(), FindingKind::publication),
              "no series has more than 2 worker counts");
}

TEST(FindingWords, SuggestOnlyWhatThePointCanTry) {
  const auto remedy = [](const Model& model, const Placement& placement, const char* schedule) {
    SyntheticCampaign out(1, 10, 0.001);
    out.add(1, "k", model, {1, 1, 1}, {.compute_s = 1});
    out.add(1, "k", model, placement, {.compute_s = 1.0 / 2, .slowest = 1.8});
    for (Point& point : out.results().points) {
      if (*schedule != '\0') point.options["schedule"] = schedule;
    }
    return of_kind(out.results(), FindingKind::limit);
  };
  expect_says(remedy(models::hybrid, {1, 1, 2}, ""), "try schedule");
  expect_says(remedy(models::hybrid, {1, 2, 1}, ""), "try distribution");
  expect_says(remedy(models::openmp, {1, 1, 2}, "dynamic"), "try more and smaller items");
}

/// Where the first 15 lines of a report end.
std::string first_lines(const std::string& text) {
  std::istringstream in(text);
  std::string out, line;
  for (int i = 0; i < 15 && std::getline(in, line); ++i) out += line + "\n";
  return out;
}

TEST(FindingWords, AnswerEverythingInTheFirstLinesOfAFullReport) {
  SyntheticCampaign out(1, 10, 0.05);
  std::int64_t series = 0;
  for (const char* kernel : {"image_compression", "matrix_mean", "prime_sieve"}) {
    for (const Scaling scaling : {Scaling::strong, Scaling::weak}) {
      for (const Model& model : {models::serial, models::openmp, models::mpi, models::hybrid}) {
        ++series;
        for (const std::int64_t p : {1, 2}) {
          if (p > 1 && !model.is_parallel()) continue;
          const auto x = static_cast<double>(p);
          const bool weak = scaling == Scaling::weak;
          const Placement placement = model.threaded ? Placement{1, 1, p} : Placement{1, p, 1};
          Point& point = out.add(series, kernel, model, placement,
                                 phases(0.05, weak ? 0.98 : 0.98 / x, 1), weak ? 1e9 * x : 1e9);
          point.scaling = scaling;
          point.state = State::not_converged;
        }
      }
    }
  }
  make_busy(out.results(), 1);
  out.results().points.back().state = State::crashed;
  const Report report = make_report(out.results());
  const std::string first = one_line(first_lines(render(report, Format::table, Detail::tables)));
  for (const char* part : {"Best speedups over", "with a size that grows", "No model wins",
                           "ne worker", "Theory saw", "- Do not publish this yet"}) {
    EXPECT_NE(first.find(part), std::string::npos) << part << "\n" << first;
  }
}

}  // namespace
}  // namespace scalelaw::harness
