#include "harness/analysis/limits.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "harness/analysis/report.hpp"
#include "harness/render/formats.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

/// A kernel of 1 s that reads 8e9 bytes and does what `demands` says, beside a memory_read of half
/// a second over as many bytes, and rates of a billion operations in a second.
struct Beside {
  SyntheticCampaign campaign{1, 6, 0};

  explicit Beside(const json& demands, bool memory_bound = true) {
    Point& point = campaign.add(0, "dot_product", models::openmp, {1, 1, 2}, {.compute_s = 1});
    point.work["memory_bound"] = memory_bound;
    point.work["demands"] = demands;
    campaign.add(1, "memory_read", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
    add_rate("add", {1, 1, 2}, 1);
    add_rate("convert", {1, 1, 2}, 2);
    add_rate("update", {1, 1, 1}, 1);
  }

  void add_rate(const char* rate, const Placement& at, double seconds) {
    Point& point =
        campaign.add(next_series_++, "core_rate", models::openmp, at, {.compute_s = seconds});
    point.params["rate"] = rate;
    point.id += rate;
    point.experiment = "ceilings";
  }

  ScalingRow row() { return make_report(campaign.results()).scaling[0]; }

 private:
  std::int64_t next_series_ = 2;
};

TEST(Limits, TakeTheRoofThatNeedsTheMostSeconds) {
  const ScalingRow by_memory = Beside(json{{"add", 0.4e9}}).row();
  EXPECT_EQ(by_memory.limit, "memory_read");
  EXPECT_NEAR(by_memory.limit_share, 0.5, 1e-9);
  EXPECT_EQ(by_memory.limit_point, 1);
  const ScalingRow by_cores = Beside(json{{"add", 0.4e9}, {"convert", 0.3e9}}).row();
  EXPECT_EQ(by_cores.limit, "convert") << "half as many a second";
  EXPECT_NEAR(by_cores.limit_share, 0.6, 1e-9);
  EXPECT_NEAR(by_cores.ceiling_share, 0.5, 1e-9) << "memory's own share stays";
}

TEST(Limits, AreThoseOfTheSamePlacementAlone) {
  EXPECT_EQ(Beside(json{{"update", 0.9e9}}, false).row().limit, "")
      << "measured on one thread only";
  EXPECT_EQ(Beside(json{{"popcount", 1.0}}, false).row().limit_point, -1) << "not measured";
}

TEST(Limits, LimitAKernelThatDoesNotStream) {
  const ScalingRow row = Beside(json{{"add", 0.9e9}}, false).row();
  EXPECT_EQ(row.limit, "add");
  EXPECT_NEAR(row.limit_share, 0.9, 1e-9);
  EXPECT_TRUE(row.ceiling_doubt.empty());
  EXPECT_TRUE(std::isnan(row.ceiling_share));
}

TEST(Limits, DoubtAShareAboveTheLimitAndNotThatOfMemory) {
  const ScalingRow row = Beside(json{{"add", 1.2e9}}).row();
  EXPECT_NEAR(row.limit_share, 1.2, 1e-9);
  EXPECT_NE(limit_doubt(row).find("fewer operations than its work model"), std::string::npos);
  EXPECT_EQ(row.ceiling_doubt, "") << "memory's half is plausible";
  EXPECT_EQ(limit_doubt(Beside(json{{"add", 0.9e9}}).row()), "");
}

TEST(Limits, SayNothingOfCoresOnAPretendedMachine) {
  Beside beside(json{{"add", 0.9e9}}, false);
  for (Point& point : beside.campaign.results().points) point.clock = TimeSource::pretended;
  EXPECT_EQ(beside.row().limit, "");
}

TEST(Limits, CountEachTimeThatACacheIsRead) {
  Beside beside(json::object());
  Point& read = beside.campaign.results().points[1];
  read.params["times"] = 10;
  EXPECT_NEAR(beside.row().limit_share, 0.05, 1e-9);
}

/// Several memory_reads of one size, and rates of several instruction sets.
TEST(Limits, AreOfTheReadThatRepeatsMostAndOfTheFastestRate) {
  Beside beside(json{{"add", 0.4e9}});
  Point& again = beside.campaign.add(9, "memory_read", models::openmp, {1, 1, 2}, {.compute_s = 2});
  again.params["times"] = 10;
  again.id += "again";
  EXPECT_EQ(beside.row().ceiling_point, 5);
  Beside before(json{{"add", 0.4e9}});
  before.campaign.results().points[1].params["times"] = 10;
  before.campaign.add(9, "memory_read", models::openmp, {1, 1, 2}, {.compute_s = 0.3}).id += "once";
  EXPECT_EQ(before.row().ceiling_point, 1) << "whichever comes first";

  Beside sets(json{{"add", 0.9e9}}, false);
  for (const double seconds : {0.5, 4.0}) {
    Point& rate =
        sets.campaign.add(10, "core_rate", models::openmp, {1, 1, 2}, {.compute_s = seconds});
    rate.params["rate"] = "add";
    rate.options = {{"isa", seconds}};
    rate.id += std::to_string(seconds);
  }
  EXPECT_NEAR(sets.row().limit_share, 0.45, 1e-9);
}

TEST(Limits, SayNothingOfWhatIsNotDemanded) {
  EXPECT_EQ(Beside(json{{"add", 0.0}}, false).row().limit, "");
}

TEST(Limits, AreListedWithTheirRates) {
  Beside beside(json{{"add", 0.9e9}}, false);
  const Report report = make_report(beside.campaign.results());
  ASSERT_EQ(report.core_rates.size(), 3U);
  EXPECT_EQ(report.core_rates[1].rate, "convert");
  EXPECT_NEAR(report.core_rates[1].per_s.value, 0.5e9, 1);
}

}  // namespace
}  // namespace scalelaw::harness
