// Campaigns over several allocations: what reports, rules and findings say of them.
#include "harness/analysis/allocations.hpp"

#include <gtest/gtest.h>

#include "harness/analysis/environment_changes.hpp"
#include "harness/laws/efficiency.hpp"
#include "harness/render/formats.hpp"
#include "support/found_findings.hpp"

namespace scalelaw::harness {
namespace {

/// The good campaign, with the launches of each point in so many allocations.
Results in_allocations(int count) {
  Results results = good(0.01).results();
  for (std::size_t i = 0; i < results.launches.size(); ++i) {
    const std::string number = std::to_string(i % static_cast<std::size_t>(count));
    results.launches[i].allocation = "SLURM job " + number;
    results.launches[i].nodes = {"n" + number};
  }
  return results;
}

TEST(Allocations, AreListedWithAllNodesThatAnyPointUsed) {
  Results results = in_allocations(2);
  results.launches[2].nodes = {"n0", "n7"};
  results.launches[3].state = State::crashed;
  const std::vector<AllocationUse> uses = allocations_of(results);
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].allocation, "SLURM job 0");
  EXPECT_EQ(uses[0].nodes, (std::vector<std::string>{"n0", "n7"}));
  EXPECT_EQ(uses[0].launches, 25);
  EXPECT_EQ(uses[1].launches, 24);
  results.launches[0].nodes = {"n9"};
  EXPECT_EQ(allocations_of(results).size(), 3U) << "a job that got other nodes";
  EXPECT_TRUE(allocations_of(good().results()).empty());
}

TEST(Allocations, AreWhatEveryNumberOfAReportCounts) {
  const Results results = in_allocations(10);
  const Report report = make_report(results);
  const ScalingRow& row = report.scaling[2];
  EXPECT_EQ(row.allocations, 10);
  EXPECT_EQ(row.launches, 10);
  EXPECT_TRUE(interval_of(row.time_s));
  const Results few = in_allocations(5);
  const Report without = make_report(few);
  EXPECT_FALSE(interval_of(without.scaling[2].time_s)) << "an interval needs six";
  EXPECT_FALSE(interval_of(without.scaling[2].serial_speedup));
  EXPECT_EQ(without.scaling[2].times_s.size(), 10U) << "a figure shows every launch";
  const SampleIndex samples = index_samples(few);
  const auto total = [](const Sample& sample) { return sample.total_s; };
  EXPECT_EQ(repeated(samples.timed[2], samples.allocations, total).size(), 5U);
  EXPECT_DOUBLE_EQ(median_over_launches(samples.timed[2], samples.allocations, total),
                   without.scaling[2].time_s.value);
}

TEST(Allocations, AreWhatWouldHelpWhereTheyAreFew) {
  Results results = in_allocations(5);
  for (Point& point : results.points) point.state = State::not_converged;
  expect_says(
      of_kind(results, FindingKind::publication),
      "8 allocations of the nodes (`allocations` in [slurm]), or all launches of a point in "
      "one");
  const Report report = make_report(results);
  const std::string text = render(report, Format::table, Detail::full);
  EXPECT_NE(text.find("Allocations that launches ran in"), std::string::npos);
  const std::string& seventh = report.rules[6].reason;
  EXPECT_NE(seventh.find("6 launches or allocations on each side"), std::string::npos) << seventh;
  const Results one = good().results();
  EXPECT_EQ(render(make_report(one), Format::table, Detail::full).find("llocation"),
            std::string::npos);
}

TEST(Allocations, AreNoRemedyWhereNoNumberOfThemWouldHelp) {
  Results results = in_allocations(10);
  for (Point& point : results.points) point.state = State::not_converged;
  for (Sample& sample : results.samples) {
    if (sample.launch % 10 < 2) sample.total_s *= 1e12;
  }
  expect_says(of_kind(results, FindingKind::publication), "nodes that are more alike");
}

TEST(Allocations, ShowTheirNodesWhereTwoCampaignsDiffer) {
  Results one = in_allocations(1), two = in_allocations(2);
  const auto changes = changes_between(explaining_entries(one), explaining_entries(two));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].name, "nodes");
  EXPECT_EQ(changes[0].before, "n0");
  EXPECT_EQ(changes[0].after, "n0 n1");
}

}  // namespace
}  // namespace scalelaw::harness
