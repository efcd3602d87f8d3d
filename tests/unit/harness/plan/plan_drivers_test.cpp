#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/error.hpp"
#include "harness/plan/plan.hpp"
#include "support/pretended_drivers.hpp"

namespace scalelaw::harness {
namespace {

using namespace std::string_literals;
using Texts = std::vector<std::string>;

TEST(Plan, AddsPeers) {
  const auto points = plan(
      "kernel = \"stream\"\nmodels = \"serial\"\nthreads = [1, 2]\npeers = [\"blas\"]\n"
      "scaling = [\"strong\", \"weak\"]");
  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points[1].implementation, "blas");
  EXPECT_EQ(points[2].placement.threads, 2);
  EXPECT_EQ(points[5].params["length"], 2000);
  const auto [what, hint] = refusal("kernel = \"stream\"\npeers = \"bals\"");
  EXPECT_EQ(what, "x.toml:3: there is no peer 'bals'");
  EXPECT_EQ(hint, "did you mean 'blas'?");
  EXPECT_EQ(refusal("kernel = \"sieve\"\npeers = \"blas\"").first,
            "x.toml:3: the peer 'blas' does not have the kernel 'sieve'");
}

/// A peer `pool` with the option `grain`, which `blas` does not have.
DriverFacts with_a_pool() {
  DriverFacts drivers = pretended_drivers();
  json kernel = described_kernel("length", json::array({count_param("length")}));
  kernel["options"] = {{{"name", "grain"}, {"type", "count"}, {"default", 0}, {"help", "tasks"}}};
  drivers.peers["pool"] = parse_driver(
      described_driver(models::openmp, {{"stream", kernel}}, "pool").dump(), "scalelaw-peer-pool");
  drivers.peer_names = {"blas", "pool"};
  return drivers;
}

std::vector<Point> plan_with_a_pool(const std::string& more) {
  const std::string begin =
      "[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\nmodels = \"serial\"\n";
  return make_plan(parse_campaign(begin + more, "x.toml"), machine_of(2), with_a_pool());
}

std::string fault_with_a_pool(const std::string& more) {
  try {
    plan_with_a_pool(more);
  } catch (const Error& error) {
    return error.what() + "; "s + error.hint();
  }
  return "accepted";
}

TEST(Plan, GivesPeersTheirOptions) {
  const auto points = plan_with_a_pool(
      "peers = [\"blas\", \"pool\"]\npeer_options = { grain = [1, 0, \"4Ki\"] }\n");
  std::vector<json> options;
  for (const Point& point : points) options.push_back(point.options);
  const json none = json::object();
  EXPECT_EQ(options, (std::vector<json>{none, none, {{"grain", 1}}, none, {{"grain", 4096}}}))
      << "serial, blas, and the pool with each; 0 is the default";
}

TEST(Plan, TakesTheDefaultOfAnOptionThatSomePeersHave) {
  EXPECT_EQ(fault_with_a_pool("peers = [\"blas\", \"pool\"]\npeer_options = { grain = 0 }\n"),
            "accepted");
  EXPECT_EQ(fault_with_a_pool("peers = \"pool\"\npeer_options = { grain = 0 }\n"), "accepted");
}

TEST(Plan, RefusesPeerOptionsThatNoPeerHas) {
  EXPECT_EQ(fault_with_a_pool("peers = \"pool\"\npeer_options = { grein = 1 }\n"),
            "x.toml:7: no peer of 'stream' has the option 'grein'; did you mean 'grain'?");
  EXPECT_EQ(fault_with_a_pool("peers = \"blas\"\npeer_options = { grain = 1 }\n").substr(0, 58),
            "x.toml:7: no peer of 'stream' has the option 'grain'; they");
  EXPECT_EQ(fault_with_a_pool("peers = \"pool\"\npeer_options = { grain = 1.5 }\n"),
            "x.toml:7: 'grain': 1.5 is not a whole number; write a whole number");
  EXPECT_NE(fault_with_a_pool("peers = \"pool\"\npeer_options = 3\n").find("is not a table"),
            std::string::npos);
  EXPECT_EQ(
      fault_with_a_pool("peers = [\"pool\", \"missing_one\"]\npeer_options = { other = 1 }\n"),
      "accepted")
      << "nobody knows what the missing one takes";
}

TEST(Plan, SkipsAPeerThatWasNotBuilt) {
  const auto points =
      plan("kernel = \"stream\"\nmodels = \"serial\"\npeers = [\"another_library\", \"blas\"]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].implementation, "another_library");
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason,
            "there is no scalelaw-peer-another_library: build it where its library is found");
  EXPECT_EQ(points[2].state, State::pending);
}

TEST(Plan, TakesAllModelsThatAreThereTheSimplestFirst) {
  DriverFacts drivers = pretended_drivers();
  remove_model(drivers, "hybrid");
  drivers.models.push_back(
      pretended_driver({.name = "gpu", .title = "GPU", .device = true},
                       {{"stream", described_kernel("length", json::array())}}));
  drivers.model_names.emplace_back("gpu");
  std::sort(drivers.models.begin(), drivers.models.end(),
            [](const Driver& a, const Driver& b) { return a.model < b.model; });
  const auto points = make_plan(
      parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n", "x.toml"),
      machine_of(2), drivers);
  Texts names;
  for (const Point& point : points) names.push_back(point.model.name);
  EXPECT_EQ(names, (Texts{"serial", "gpu", "openmp", "mpi"}));
}

TEST(Plan, SkipsAModelWhoseDriverIsNotThere) {
  DriverFacts drivers = pretended_drivers();
  remove_model(drivers, "hybrid");
  const auto of_models = [&](const std::string& list) {
    return make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\n"
                                    "kernel = \"stream\"\nthreads = [1, 2]\nschedule = \"guided\"\n"
                                    "models = " +
                                        list + "\n",
                                    "x.toml"),
                     machine_of(2), drivers);
  };
  const auto points = of_models("[\"openmp\", \"hybrid\"]");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[2].state, State::skipped);
  EXPECT_EQ(points[2].model.name, "hybrid");
  EXPECT_EQ(points[2].reason, "there is no scalelaw-hybrid: build it; cmake says what it needs");
  EXPECT_EQ(of_models("\"hybrid\"").size(), 1U)
      << "whether the options have an effect is not known";
  try {
    (void)of_models("\"opnemp\"");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), "x.toml:3: there is no model 'opnemp'"s);
    EXPECT_EQ(error.hint(), "did you mean 'openmp'?");
  }
}

TEST(Plan, SkipsAPeerThatRefusesWhatOursTakes) {
  DriverFacts drivers = pretended_drivers();
  const auto ours = drivers.describe;
  drivers.describe = [=](const Driver& driver, const std::string& kernel, const json& params,
                         const json& options, std::int64_t seed) -> json {
    if (driver.implementation == "blas") throw Error("no f32 here", "ask for f64");
    return ours(driver, kernel, params, options, seed);
  };
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n"
                               "models = \"serial\"\npeers = \"blas\"\n",
                               "x.toml"),
                machine_of(2), drivers);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].state, State::pending);
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason, "no f32 here; ask for f64");
}

TEST(Plan, SkipsADriverThatCannotBeUsedWithItsReasonAndRemedy) {
  DriverFacts drivers = pretended_drivers();
  std::erase_if(drivers.models, [](const Driver& driver) { return driver.model.name == "mpi"; });
  drivers.unusable["scalelaw-mpi"] = {"libmpi.so.40 is missing", "load the MPI module"};
  drivers.unusable["scalelaw-peer-old"] = {"cannot start it", ""};
  const auto points =
      make_plan(parse_campaign("[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"stream\"\n"
                               "models = [\"serial\", \"mpi\"]\npeers = \"old\"\n",
                               "x.toml"),
                machine_of(2), drivers);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].state, State::pending);
  EXPECT_EQ(points[1].state, State::skipped);
  EXPECT_EQ(points[1].reason, "libmpi.so.40 is missing; load the MPI module");
  EXPECT_EQ(points[2].state, State::skipped);
  EXPECT_EQ(points[2].reason, "cannot start it");
}

}  // namespace
}  // namespace scalelaw::harness
