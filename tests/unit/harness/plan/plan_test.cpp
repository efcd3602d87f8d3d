#include "harness/plan/plan.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "common/error.hpp"
#include "support/pretended_drivers.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

TEST(Plan, GivesEachModelThePlacementsItCanUse) {
  const auto points = plan("kernel = \"stream\"\nranks = [1, 2]\nthreads = [1, 2, 4]");
  EXPECT_EQ(placements(points, models::serial), (Texts{"1x1x1"}));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4"}));
  EXPECT_EQ(placements(points, models::mpi), (Texts{"1x1x1", "1x2x1"}));
  EXPECT_EQ(placements(points, models::hybrid),
            (Texts{"1x1x1", "1x1x2", "1x2x1", "1x1x4", "1x2x2", "1x2x4 skipped"}));
}

TEST(Plan, TakesPowersOfTwoAndAllCoresForAuto) {
  const auto points =
      plan("kernel = \"stream\"\nranks = \"auto\"\nthreads = \"auto\"", machine_of(6));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4", "1x1x6"}));
  EXPECT_EQ(placements(points, models::hybrid),
            (Texts{"1x1x1", "1x1x2", "1x2x1", "1x1x4", "1x2x2", "1x4x1", "1x1x6", "1x6x1"}));
}

TEST(Plan, SpreadsOverNodes) {
  Machine machine = machine_of(2);
  machine.nodes = 3;
  const auto points = plan("kernel = \"stream\"\nnodes = \"auto\"\nranks = 2", machine);
  EXPECT_EQ(placements(points, models::mpi), (Texts{"1x2x1", "2x2x1", "3x2x1"}));
  EXPECT_EQ(placements(points, models::openmp), (Texts{"1x1x1"}));
  EXPECT_EQ(refusal("kernel = \"stream\"\nnodes = 4", machine).first,
            "x.toml:5: 4 nodes, but only 3 known");
}

TEST(Plan, RefusesMoreWorkersThanCoresUnlessAsked) {
  const auto [what, hint] = refusal("kernel = \"stream\"\nthreads = 8");
  EXPECT_EQ(what, "x.toml:5: 8 threads on 4 cores");
  EXPECT_NE(hint.find("oversubscribe = true"), std::string::npos);
  Machine allowed = machine_of(2);
  allowed.cores_total = 64;
  EXPECT_EQ(refusal("kernel = \"stream\"\nranks = [1, 3]", allowed).first,
            "x.toml:5: 3 ranks on 2 of 64 cores allowed");
  const auto points = plan("kernel = \"stream\"\nthreads = [4, 8]\noversubscribe = true");
  for (const Point& point : points) {
    EXPECT_EQ(point.oversubscribed, point.placement.workers() > 4) << point.id;
    EXPECT_EQ(point.state, State::pending) << point.id;
  }
}

TEST(Plan, SolvesWeakSizesFromTheWorkModel) {
  const auto points = plan(
      "kernel = \"sieve\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = 1e6\n"
      "threads = [1, 2, 4]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].params["limit"], 1000000);
  const double one = points[0].work["operations"];
  for (const Point& point : points) {
    const auto workers = static_cast<double>(point.placement.workers());
    EXPECT_NEAR(point.work["operations"].get<double>() / (workers * one), 1, 1e-6) << point.id;
    EXPECT_EQ(point.series, points[0].series);
  }
  // n log log n: twice the work is a little less than twice the limit.
  EXPECT_LT(points[1].params["limit"], 2000000);
  EXPECT_GT(points[1].params["limit"], 1900000);
}

TEST(Plan, KeepsStrongSizesConstant) {
  const auto points =
      plan("kernel = \"sieve\"\nmodels = \"openmp\"\nsize = 1e6\nthreads = [1, 2, 4]");
  for (const Point& point : points) EXPECT_EQ(point.params["limit"], 1000000);
}

TEST(Plan, FillsFourCachesWhenAMemoryBoundKernelsSizeIsAuto) {
  const auto points = plan("kernel = \"stream\"\nmodels = \"serial\"\nsize = \"auto\"");
  EXPECT_EQ(points[0].params["length"], 4 * (32 << 20) / 8);
  EXPECT_EQ(points[0].reason,
            "size auto: length = 16777216, 4 times the last-level cache of 32.0 MiB");
}

TEST(Plan, BoundsAutoByTheMemoryAvailable) {
  const auto strong =
      plan("kernel = \"stream\"\nmodels = \"serial\"\nsize = \"auto\"", machine_of(4, 160e6));
  EXPECT_EQ(strong[0].params["length"], 10'000'000);
  EXPECT_EQ(strong[0].reason,
            "size auto: length = 10000000, bounded by the memory available, 153 MiB");
  const auto weak = plan(
      "kernel = \"stream\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = \"auto\"\n"
      "threads = \"auto\"",
      machine_of(4, 160e6));
  EXPECT_EQ(weak.back().placement.threads, 4);
  EXPECT_EQ(weak.back().params["length"], 10'000'000);
  EXPECT_EQ(weak.back().state, State::pending);
}

TEST(Plan, KeepsTheKernelsOwnSizeWhenItIsNotMemoryBound) {
  const auto points = plan("kernel = \"sieve\"\nmodels = \"serial\"\nsize = \"auto\"");
  EXPECT_EQ(points[0].params["limit"], 1000);
  EXPECT_EQ(points[0].reason, "size auto: limit = 1000, the kernel's own");
}

TEST(Plan, RefusesAWrittenSizeBeyondTheMemoryAndSkipsADerivedOne) {
  const auto [what, hint] =
      refusal("kernel = \"stream\"\nsize = \"5Gi\"", machine_of(4, 22.0 * (1 << 30)));
  EXPECT_EQ(what, "x.toml:5: 'stream' needs 40.0 GiB, 22.0 GiB available");
  EXPECT_FALSE(hint.empty());
  const auto weak = plan(
      "kernel = \"stream\"\nmodels = \"openmp\"\nscaling = \"weak\"\nsize = \"1Gi\"\n"
      "threads = [1, 2, 4]",
      machine_of(4, 22.0 * (1 << 30)));
  EXPECT_EQ(placements(weak, models::openmp), (Texts{"1x1x1", "1x1x2", "1x1x4 skipped"}));
  EXPECT_EQ(weak[2].reason, "'stream' needs 32.0 GiB, 22.0 GiB available");
}

TEST(Plan, CountsTheMemoryOfWhatEachRankHolds) {
  Point point;
  point.work = {{"resident_bytes", 100.0}};
  point.placement = {2, 2, 1};
  EXPECT_EQ(memory_need(point), 50);
  point.work["holds"] = {{"root", "whole"}, {"others", "share"}};
  EXPECT_EQ(memory_need(point), 125);
  point.work["holds"] = {{"root", "whole"}, {"others", "whole"}};
  EXPECT_EQ(memory_need(point), 200);
  point.work["holds"] = {{"root", "nothing"}, {"others", "whole"}};
  EXPECT_EQ(memory_need(point), 200) << "the node that holds most";
  point.work["holds"] = {{"root", "nothing"}, {"others", "nothing"}};
  EXPECT_EQ(memory_need(point), 0);
}

TEST(Plan, SweepsSizesParametersAndOptions) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\nsize = [100, 200]\n"
      "schedule = [\"static\", \"dynamic\"]\nparams = { type = [\"f32\", \"f64\"] }");
  // 2 sizes x 2 types x (serial: schedules mean nothing to it; openmp: 2)
  EXPECT_EQ(points.size(), 12U);
  std::set<std::int64_t> series;
  std::set<std::string> ids;
  for (const Point& point : points) {
    series.insert(point.series);
    ids.insert(point.id);
    EXPECT_EQ(point.options.contains("schedule"), point.model == models::openmp);
  }
  EXPECT_EQ(series.size(), 12U);
  EXPECT_EQ(ids.size(), 12U);
}

TEST(Plan, RefusesPlacementsThatNoModelCanTake) {
  const std::string serial = "kernel = \"stream\"\nmodels = \"serial\"\n";
  EXPECT_EQ(refusal(serial + "threads = [1, 2]"),
            std::pair("x.toml:6: 'threads' has no effect in 'stream'"s,
                      "omit it, or add a model with threads to models (scalelaw list)"s));
  EXPECT_EQ(refusal(serial + "ranks = \"auto\"").first,
            "x.toml:6: 'ranks' has no effect in 'stream'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\nnodes = 2").first,
            "x.toml:6: 'nodes' has no effect in 'stream'");
  EXPECT_EQ(refusal(serial + "threads = 1\nranks = [1]").first, "accepted");
}

TEST(Plan, TakesWhatModelsThereAreWhereAllAreWanted) {
  DriverFacts drivers = pretended_drivers();
  remove_model(drivers, models::mpi.name);
  remove_model(drivers, models::hybrid.name);
  const Campaign campaign = parse_campaign(
      "[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\nranks = \"auto\"\n"
      "threads = \"auto\"\n",
      "x.toml");
  const Plan found = find_plan(campaign, machine_of(2), drivers);
  EXPECT_TRUE(found.faults.empty());
  EXPECT_EQ(placements(found.points, models::openmp), (std::vector<std::string>{"1x1x1", "1x1x2"}));
}

TEST(Plan, LeavesTheSizeOfAnInputAlone) {
  for (const std::string size : {"", "size = \"auto\"\n"}) {
    const auto points = plan("kernel = \"stream\"\nmodels = [\"serial\", \"openmp\"]\n" + size +
                             "scaling = [\"strong\", \"weak\"]\nthreads = [1, 2]\n"
                             "params = { input = \"x.h5\" }");
    for (const Point& point : points) {
      EXPECT_EQ(point.params, (json{{"input", "x.h5"}})) << "a driver takes one or the other";
      const bool grown = point.scaling == Scaling::weak && point.placement.workers() > 1;
      EXPECT_EQ(point.state == State::skipped, grown) << point.reason;
    }
  }
}

TEST(Plan, LeavesTheMemoryOfAPipelineToItsDriver) {
  const std::string press = "kernel = \"press\"\nparams = { to = \"out\" }\nmodels = \"serial\"\n";
  EXPECT_EQ(plan(press + "mode = \"pipeline\"").size(), 1U) << "its input is larger than memory";
  EXPECT_NE(refusal(press).first, "accepted");
}

TEST(Plan, NamesWhatIsUnknownOrRefused) {
  const auto [what, hint] = refusal("kernel = \"strem\"");
  EXPECT_EQ(what, "x.toml:3: unknown kernel 'strem'");
  EXPECT_EQ(hint, "did you mean 'stream'?");
  EXPECT_EQ(refusal("kernel = \"stream\"\nparams = { tpye = \"f32\" }").first,
            "x.toml:5: 'stream' has no parameter 'tpye'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nparams = { type = \"f16\" }").first,
            "x.toml:3: stream: unknown value 'f16'");
  EXPECT_EQ(refusal("kernel = \"stream\"\nsize = 5\nparams = { length = 5 }").first,
            "x.toml:6: 'length' is the size of 'stream', which 'size' already gives");
}

TEST(Plan, FindsTheFaultsOfAllExperimentsAtOnce) {
  const Campaign campaign = parse_campaign(
      "[campaign]\nname = \"c\"\n"
      "[[experiment]]\nname = \"a\"\nkernel = \"stream\"\nparams = { tpye = 1, lenght = 2 }\n"
      "[[experiment]]\nname = \"b\"\nkernel = \"sieve\"\nmodels = \"serial\"\n"
      "[[experiment]]\nname = \"c\"\nkernel = \"stream\"\nmodels = \"serial\"\n"
      "params = { type = [\"f16\", \"f64\"] }\nscaling = [\"strong\", \"weak\"]\n"
      "[[experiment]]\nname = \"d\"\nkernel = \"seive\"\n",
      "x.toml");
  const Plan found = find_plan(campaign, machine_of(4), pretended_drivers());
  std::set<std::string> faults;
  for (const Error& fault : found.faults) faults.insert(fault.what());
  for (const Refusal& refusal : found.refusals) faults.insert(refusal.fault.what());
  EXPECT_EQ(faults, (std::set<std::string>{"x.toml:6: 'stream' has no parameter 'lenght'",
                                           "x.toml:6: 'stream' has no parameter 'tpye'",
                                           "x.toml:11: stream: unknown value 'f16'",
                                           "x.toml:17: unknown kernel 'seive'"}));
  EXPECT_EQ(found.points.size(), 3U) << "b, and c with f64, strong and weak";
  try {
    (void)make_plan(campaign, machine_of(4), pretended_drivers());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 9), "4 faults:") << error.what();
  }
}

TEST(Identity, IsStableAndComplete) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = \"hybrid\"\nranks = 2\nthreads = 2\nsize = \"1Ki\"\n"
      "schedule = \"guided\"");
  EXPECT_EQ(points.at(0).id,
            "stream scalelaw/hybrid strong 1x2x2 length=1024 seed=1 type=f64 --schedule=guided");
  // A default that is written is still the default.
  const auto same = plan(
      "kernel = \"stream\"\nmodels = \"hybrid\"\nranks = 2\nthreads = 2\nsize = 1024\n"
      "schedule = \"guided\"\ndata = \"local\"\nparams = { type = \"f64\" }");
  EXPECT_EQ(points.at(0).id, same.at(0).id);
}

TEST(Identity, TellsRepeatedPointsApart) {
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n"
                               "[[experiment]]\nkernel = \"stream\"\n"
                               "[[experiment]]\nname = \"b\"\nkernel = \"stream\"\n",
                               "x.toml"),
                machine_of(2), pretended_drivers());
  std::set<std::string> ids;
  for (const Point& point : points) ids.insert(point.id);
  EXPECT_EQ(ids.size(), points.size());
}

}  // namespace
}  // namespace scalelaw::harness
