// What the launcher writes, and replays by SimGrid against closed forms.
#include "harness/launch/simulate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/process/find_program.hpp"
#include "harness/store/record.hpp"
#include "support/message.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

using nlohmann::json;

class Simulate : public testing::Test {
 protected:
  Simulate() {
    job_.driver = {"/bin/scalelaw-mpi", "dot_product"};
    job_.model = models::mpi;
    job_.implementation = "scalelaw";
    job_.kernel = "dot_product";
    job_.params = {{"size", 1'000'000'000}};
    job_.options = json::object();
    job_.record = folder_ / "launch-1.jsonl";
    job_.items = 1000;
    job_.samples = 1;
    job_.timeout_s = 60;
    job_.work_model = {{"operations", 1e9}};
    simulation_.nodes = 4;
    measure({.prepare_s = 0, .compute_s = 1});
    SimulateOptions& options = simulation_.options;
    options.latency_s = 0;
    options.node_latency_s = 0;
    options.bandwidth_bytes_per_s = 1e15;
    options.node_bandwidth_bytes_per_s = 1e15;
  }

  /// Makes this the measured campaign, of one rank.
  void measure(const SyntheticPhases& phases) {
    SyntheticCampaign campaign(1, 6, 0);
    campaign.add(0, "dot_product", models::mpi, {1, 1, 1}, phases);
    simulation_.measured = std::make_shared<const Results>(campaign.results());
  }

  void communicate(const char* operation, const char* key, double bytes) {
    job_.work_model["communication"] = {
        {{"phase", "combine"}, {"operation", operation}, {key, bytes}}};
  }

  /// The record of a launch with so many nodes of one rank.
  Record record(std::int64_t nodes) {
    job_.placement = {nodes, 1, 1};
    simulation_.nodes = std::max(simulation_.nodes, nodes);
    SimulateLauncher launcher(simulation_);
    const Outcome outcome = launcher.run(job_);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.log;
    Record out = read_record(job_.record);
    EXPECT_EQ(out.fault, "");
    return out;
  }
  double seconds(std::int64_t nodes) { return record(nodes).samples.at(0).total_s; }

  TemporaryFolder folder_;
  Simulation simulation_;
  Job job_;
};

/// Those that need SimGrid.
class SimulateReplay : public Simulate {
 protected:
  void SetUp() override {
    if (find_program("smpirun").empty()) GTEST_SKIP() << "SimGrid (smpirun) is not there";
  }
};

TEST_F(SimulateReplay, GivesAmdahlsLawWithoutLatency) {
  measure({.prepare_s = 0.1, .compute_s = 0.9});
  communicate("allreduce", "rank_bytes", 8);
  for (const std::int64_t ranks : {1, 2, 3, 4}) {
    EXPECT_NEAR(seconds(ranks), 0.1 + 0.9 / static_cast<double>(ranks), 2e-8) << ranks;
  }
}

TEST_F(SimulateReplay, GivesTheStepsOfASmallAllreduce) {
  measure({.compute_s = 1e-9});
  communicate("allreduce", "rank_bytes", 8);
  simulation_.options.latency_s = 1e-3;
  for (const std::int64_t ranks : {2, 4, 8, 16}) {
    const double expected = 1e-3 * std::ceil(std::log2(static_cast<double>(ranks)));
    EXPECT_NEAR(seconds(ranks), expected, 0.05 * expected) << ranks;
  }
}

TEST_F(SimulateReplay, ScattersThroughTheRootsLink) {
  measure({.compute_s = 1e-9});
  communicate("scatter", "shared_bytes", 4e6);
  simulation_.options.bandwidth_bytes_per_s = 1e6;
  EXPECT_NEAR(seconds(4), 3.0, 0.15) << "all but the root's own share";
  simulation_.options.network = Network::ethernet;
  EXPECT_NEAR(seconds(4), 3.0, 0.15);
  simulation_.options.network = Network::dragonfly;
  EXPECT_NEAR(seconds(4), 3.0, 0.15);
}

TEST_F(SimulateReplay, SharesTheInsideOfAnOversubscribedSwitch) {
  measure({.compute_s = 1e-9});
  communicate("gather", "shared_bytes", 4e6);
  simulation_.options.network = Network::ethernet;
  simulation_.options.bandwidth_bytes_per_s = 1e6;
  simulation_.options.oversubscription = 8;
  EXPECT_NEAR(seconds(4), 6.0, 0.3) << "half of a link's bandwidth for all";
}

TEST_F(SimulateReplay, UsesTheUsersPlatform) {
  std::ofstream(folder_ / "site.xml") << R"(<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="z" routing="Full">
<host id="a" speed="1Gf"/><host id="b" speed="1Gf"/>
<link id="l" bandwidth="1MBps" latency="0"/>
<route src="a" dst="b"><link_ctn id="l"/></route></zone></platform>)";
  std::ofstream(folder_ / "hosts") << "a\nb\n";
  measure({.compute_s = 1e-9});
  communicate("scatter", "shared_bytes", 2e6);
  simulation_.options.network = Network::file;
  simulation_.options.platform_file = folder_ / "site.xml";
  simulation_.options.hostfile = folder_ / "hosts";
  EXPECT_NEAR(seconds(2), 1.0, 0.05);
  job_.placement = {3, 1, 1};
  simulation_.nodes = 3;
  const Outcome outcome = SimulateLauncher(simulation_).run(job_);
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_NE(outcome.log.find("lists 2 of 3 nodes"), std::string::npos) << outcome.log;
}

TEST_F(SimulateReplay, RefusesHostsOfAnotherSpeed) {
  std::ofstream(folder_ / "site.xml") << R"(<host id="a" speed="100Gf"/>)";
  std::ofstream(folder_ / "hosts") << "a\n";
  simulation_.options.network = Network::file;
  simulation_.options.platform_file = folder_ / "site.xml";
  simulation_.options.hostfile = folder_ / "hosts";
  const auto said = [&] {
    return message_of([&] { (void)SimulateLauncher(simulation_).command(job_); });
  };
  EXPECT_EQ(said(), "the platform has hosts of the speed '100Gf'");
  std::filesystem::remove(folder_ / "site.xml");
  EXPECT_NE(said().find("there is no platform file"), std::string::npos);
}

TEST_F(SimulateReplay, RunsInAFolderOfAnyName) {
  const std::string named = folder_ / "a b *";
  std::filesystem::create_directory(named);
  job_.record = named + "/launch-1.jsonl";
  communicate("allreduce", "rank_bytes", 8);
  EXPECT_NEAR(seconds(2), 0.5, 1e-6);
}

TEST_F(SimulateReplay, AppliesAStepOfFactorsFromItsSizeOn) {
  measure({.compute_s = 1e-9});
  simulation_.options.latency_s = 1e-3;
  simulation_.options.latency_factors = "0:1;1000:3";
  communicate("scatter", "rank_bytes", 984);
  EXPECT_NEAR(seconds(2), 1e-3, 1e-5);
  communicate("scatter", "rank_bytes", 1000);
  EXPECT_NEAR(seconds(2), 3e-3, 1e-5);
}

/// The seconds that rank 0 of two nodes takes for one operation with messages of `bytes`.
double seconds_of(Operation operation, double bytes, const SimulateOptions& options,
                  const std::string& folder) {
  PassCosts costs;
  costs.phases = {{"exchange", Role::transfer}};
  costs.root = costs.others = {{PassCosts::Node(1, PassCosts::Rank(1, 0.0))}};
  costs.exchange = {{.phase = 0, .operation = operation, .rank_bytes = bytes}};
  const ReplayEnd end = replay({.options = options,
                                .nodes = 2,
                                .cores = 1,
                                .placement = {2, 1, 1},
                                .folder = folder + "/replay"},
                               costs);
  EXPECT_FALSE(end.passes.empty()) << end.outcome.log;
  return end.passes.empty() ? 0 : end.passes.at(0).at(0).at(0);
}

TEST_F(SimulateReplay, ChargesOverheadsOfMessagesThatLeaveAhead) {
  SimulateOptions options = simulation_.options;
  options.latency_s = 1e-3;
  options.send_overhead = "0:1e-4:0;999:2e-4:0";
  options.receive_overhead = "0:3e-4:0";
  options.eager_limit = 5000;
  const auto seconds = [&](Operation operation, double bytes) {
    return seconds_of(operation, bytes, options, folder_.path());
  };
  EXPECT_NEAR(seconds(Operation::send, 999), 1e-4, 1e-6);
  EXPECT_NEAR(seconds(Operation::send, 1000), 2e-4, 1e-6) << "a step is for larger messages";
  EXPECT_NEAR(seconds(Operation::send, 4999), 2e-4, 1e-6);
  EXPECT_EQ(seconds(Operation::send, 5000), 0) << "what waits costs the sender nothing";
  EXPECT_NEAR(seconds(Operation::receive, 8), 3e-4, 1e-6) << "it is there already";
  EXPECT_NEAR(seconds(Operation::receive, 5000), 1e-3, 1e-5) << "it leaves only now";
  EXPECT_NEAR(seconds(Operation::ping_pong, 8), 2 * (1e-3 + 1e-4 + 3e-4), 1e-5);
  EXPECT_NEAR(seconds(Operation::ping_pong, 5000), 2e-3, 1e-5);
}

TEST_F(SimulateReplay, HasMorePassesTheFewerRanksThereAre) {
  job_.work_model = nullptr;
  const Record alone = record(1);
  EXPECT_EQ(alone.header.at("samples"), 24);
  EXPECT_EQ(alone.samples.size(), 24U);
  EXPECT_TRUE(alone.ended);
  EXPECT_FALSE(alone.header.contains("work"));
  communicate("allreduce", "rank_bytes", 8);
  EXPECT_EQ(record(32).samples.size(), 8U);
  EXPECT_EQ(record(300).samples.size(), 1U);
}

TEST_F(SimulateReplay, WritesARecordThatKeepsTheContract) {
  measure({.prepare_s = 0.25, .compute_s = 1});
  communicate("allreduce", "rank_bytes", 8);
  simulation_.options.latency_s = 1e-3;
  const Record found = record(2);
  EXPECT_TRUE(found.ended);
  ASSERT_EQ(found.samples.size(), 24U);
  EXPECT_EQ(found.header.at("timer").at("name"), "simulated");
  EXPECT_EQ(found.header.at("ranks").at(1).at("host"), "node1");
  const RankTimes& rank = found.samples[1].ranks.at(1);
  EXPECT_NEAR(rank.phases.at(0).seconds, 0.25, 1e-6);
  EXPECT_NEAR(rank.phases.at(1).seconds, 0.5, 1e-6);
  EXPECT_NEAR(rank.phases.at(2).seconds, 1e-3, 1e-5);
  EXPECT_EQ(rank.items, 500);
}

TEST_F(SimulateReplay, LeavesNothingBehind) {
  communicate("allreduce", "rank_bytes", 8);
  (void)seconds(2);
  simulation_.options.latency_factors = "nonsense";
  SimulateLauncher launcher(simulation_);
  EXPECT_NE(launcher.run(job_).exit_code, 0);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().string(), job_.record);
    ++files;
  }
  EXPECT_EQ(files, 1);
}

TEST_F(SimulateReplay, RefusesWhatThereIsNoMemoryFor) {
  communicate("allreduce", "rank_bytes", 8);
  simulation_.memory_bytes = 1e8;
  EXPECT_NO_THROW((void)seconds(4));
  simulation_.nodes = 4096;
  job_.placement = {4096, 1, 1};
  EXPECT_NE(
      message_of([&] { (void)SimulateLauncher(simulation_).command(job_); }).find("4096 ranks"),
      std::string::npos);
}

TEST_F(SimulateReplay, RefusesWithoutAMeasuredCampaign) {
  simulation_.measured = nullptr;
  job_.placement = {2, 1, 1};
  EXPECT_NE(message_of([&] {
              (void)SimulateLauncher(simulation_).command(job_);
            }).find("no measured campaign"),
            std::string::npos);
}

TEST_F(Simulate, SaysThatSimGridIsMissing) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder_.path().c_str(), 1);
  const std::string said = message_of([&] { (void)SimulateLauncher(simulation_).command(job_); });
  setenv("PATH", path.c_str(), 1);
  EXPECT_NE(said.find("SimGrid is not there"), std::string::npos) << said;
}

}  // namespace
}  // namespace scalelaw::harness
