// Which placement of one's cores to take.
#include "harness/analysis/placement_choice.hpp"

#include <gtest/gtest.h>

#include "harness/render/placement_choice.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Serial, and OpenMP whose threads take `of_two` and `of_four` of the serial time.
SyntheticCampaign campaign(double of_two, double of_four, int launches, double noise) {
  SyntheticCampaign out(1, launches, noise);
  out.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  out.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = of_two});
  out.add(1, "k", models::openmp, {1, 1, 4}, {.compute_s = of_four});
  return out;
}

PlacementChoice only_choice(const Report& report, std::int64_t cores) {
  const auto all = placement_choices(report, cores);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? PlacementChoice{} : all.front();
}

TEST(PlacementChoice, IsTheFastestThatTheCoresAllow) {
  SyntheticCampaign out = campaign(0.5, 0.25, 8, 0.001);
  const Report report = make_report(out.results());
  const PlacementChoice four = only_choice(report, 4);
  EXPECT_EQ(four.choice, 2);
  EXPECT_TRUE(four.tied.empty());
  EXPECT_EQ(four.order, (std::vector<std::int64_t>{2, 1, 0}));
  EXPECT_EQ(only_choice(report, 3).choice, 1);
  EXPECT_TRUE(placement_choices(report, 1).empty()) << "one way is no choice";
  EXPECT_EQ(most_workers(report), 4);
}

TEST(PlacementChoice, NeverPrefersParallelToSerialWithinNoise) {
  for (const int launches : {8, 1}) {  // with intervals, and without
    SyntheticCampaign out = campaign(0.97, 1.02, launches, launches == 1 ? 0.001 : 0.05);
    const Report report = make_report(out.results());
    const PlacementChoice found = only_choice(report, 4);
    EXPECT_EQ(found.choice, 0) << launches;
    EXPECT_EQ(found.tied.size(), 2U) << launches;
    // The same times without that noise are apart.
    SyntheticCampaign apart = campaign(0.8, 1.02, launches, 0.001);
    const Report clear = make_report(apart.results());
    EXPECT_EQ(only_choice(clear, 4).choice, 1) << launches;
  }
}

/// The next best is certainly slower than the choice, not only than the fastest.
TEST(PlacementChoice, NamesANextThatIsCertainlySlower) {
  SyntheticCampaign out = campaign(0.50, 0.499, 8, 0.001);
  out.add(2, "k", models::mpi, {1, 2, 1}, {.compute_s = 0.51});
  Results& results = out.results();
  for (Sample& sample : results.samples) {  // the simplest that is tied is noisy
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    if (launch.point == 1) sample.total_s *= 1 + 0.02 * static_cast<double>(launch.block % 8 - 3);
  }
  const Report report = make_report(results);
  const PlacementChoice found = only_choice(report, 4);
  EXPECT_EQ(found.choice, 1);
  EXPECT_EQ(found.tied, (std::vector<std::int64_t>{2}));
  ASSERT_TRUE(found.next);
  EXPECT_EQ(*found.next, 0) << "MPI may be as fast as the choice";
  EXPECT_GT(found.ratio_to_next.interval->low, 1);
}

TEST(PlacementChoice, ShowsTheMarksOfNextAndTied) {
  SyntheticCampaign out = campaign(0.5, 0.5, 8, 0.001);
  for (Launch& launch : out.results().launches) launch.busy = launch.point != 1;
  const Report report = make_report(out.results());
  const std::string text = as_text({placement_section(report, 4)});
  EXPECT_NE(text.find("openmp 1x1x4 (busy)"), std::string::npos) << text;
  EXPECT_NE(text.find("choice: -; next: busy"), std::string::npos) << text;
}

TEST(PlacementChoice, SaysThatWeakSeriesHaveNone) {
  SyntheticCampaign out = campaign(0.5, 0.25, 8, 0.001);
  for (Point& point : out.results().points) point.scaling = Scaling::weak;
  const Report report = make_report(out.results());
  EXPECT_NE(as_text({placement_section(report, 4)}).find("only points of strong scaling"),
            std::string::npos);
}

TEST(PlacementChoice, LeavesPeersAndOversubscribedPointsOut) {
  SyntheticCampaign out = campaign(0.5, 0.25, 8, 0.001);
  out.results().points[2].oversubscribed = true;
  out.add(3, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.1}).implementation = "peer";
  const Report report = make_report(out.results());
  EXPECT_EQ(only_choice(report, 4).choice, 1);
  EXPECT_EQ(most_workers(report), 2);
}

}  // namespace
}  // namespace scalelaw::harness
