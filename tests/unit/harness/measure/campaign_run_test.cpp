#include "harness/measure/campaign_run.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "harness/launch/ending.hpp"
#include "harness/launch/fake.hpp"
#include "harness/launch/job.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/statistics/summary.hpp"
#include "support/campaigns.hpp"

namespace scalelaw::harness {
namespace {

TEST_F(Campaigns, ConvergeOnAQuietMachineAtTheFirstLook) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.001;
  run(machine);
  for (std::int64_t i = 0; i < 4; ++i) {
    const Point& point = results_.points[static_cast<std::size_t>(i)];
    EXPECT_EQ(point.state, State::converged) << point.reason;
    EXPECT_EQ(launches_of(i), 8);
    const double truth = 0.1 + 0.9 / static_cast<double>(i + 1);
    EXPECT_NEAR(summarize(results_, i).median_s, truth, 0.01 * truth);
  }
}

TEST_F(Campaigns, EndNotConvergedWhenNoiseIsTooLargeForTheLaunchesAllowed) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.5;
  run(machine);
  for (const Point& point : results_.points) {
    EXPECT_EQ(point.state, State::not_converged);
    EXPECT_NE(point.reason.find("half-width"), std::string::npos) << point.reason;
  }
  EXPECT_EQ(launches_of(0), measuring_.launches_max);
}

TEST_F(Campaigns, LaunchEveryPointOnceInEveryBlockInAnOrderThatTheSeedGives) {
  const auto order = [&](std::int64_t seed) {
    results_.launches.clear();
    results_.samples.clear();
    for (Point& point : results_.points) point.state = State::pending;
    results_.seed = seed;
    run(amdahl_machine(1.0, 0.1));
    std::vector<std::int64_t> points;
    for (const Launch& launch : results_.launches) points.push_back(launch.point);
    return points;
  };
  const std::vector<std::int64_t> first = order(1), again = order(1), other = order(2);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  std::set<std::vector<std::int64_t>> blocks;
  for (std::size_t i = 0; i + 4 <= first.size(); i += 4) {
    const std::vector<std::int64_t> block(first.begin() + static_cast<std::ptrdiff_t>(i),
                                          first.begin() + static_cast<std::ptrdiff_t>(i) + 4);
    EXPECT_EQ(std::set<std::int64_t>(block.begin(), block.end()).size(), 4U);
    blocks.insert(block);
  }
  EXPECT_GT(blocks.size(), 1U) << "all blocks have the same order";
}

/// A machine whose threads had to wait for their processors for this share of their time.
class Disturbed : public Launcher {
 public:
  explicit Disturbed(std::function<double(const Job&)> share) : share_(std::move(share)) {}
  [[nodiscard]] Command command(const Job& job) const override { return quiet_.command(job); }
  Outcome run(const Job& job) override {
    Outcome out = quiet_.run(job);
    std::ifstream before(job.record);
    std::ostringstream text;
    for (std::string line; std::getline(before, line);) {
      auto value = nlohmann::json::parse(line);
      if (value["record"] == "sample") {
        for (auto& rank : value["ranks"]) {
          rank["queued_s"] = share_(job) * value["total_s"].get<double>() *
                             static_cast<double>(job.placement.threads);
        }
      }
      text << value << "\n";
    }
    std::ofstream(job.record) << text.str();
    return out;
  }

 private:
  FakeLauncher quiet_{amdahl_machine(1.0, 0.1)};
  std::function<double(const Job&)> share_;
};

TEST_F(Campaigns, MarkLaunchesFromWhichOthersTookProcessorTime) {
  measuring_.launches_max = 6;
  Disturbed launcher([](const Job& job) { return job.placement.threads == 2 ? 0.11 : 0.09; });
  measure_with(launcher);
  for (const Launch& launch : results_.launches) {
    EXPECT_EQ(launch.busy, launch.point == 1) << "free_share is 90 %";
    EXPECT_NEAR(launch.lost_share, launch.point == 1 ? 0.11 : 0.09, 1e-9);
  }
  EXPECT_TRUE(summarize(results_, 1).busy);
  EXPECT_FALSE(summarize(results_, 0).busy);
}

TEST_F(Campaigns, MarkNothingWithoutTheGateOrWhereNobodyLooks) {
  measuring_.launches_max = 2;
  measuring_.gate.enabled = false;
  Disturbed launcher([](const Job&) { return 0.5; });
  measure_with(launcher);
  for (const Launch& launch : results_.launches) {
    EXPECT_FALSE(launch.busy);
    EXPECT_NEAR(launch.lost_share, 0.5, 1e-9) << "and yet it is stored";
  }
  results_.launches.clear();
  results_.samples.clear();
  measuring_.gate.enabled = true;
  for (Point& point : results_.points) point.state = State::pending;
  run(amdahl_machine(1.0, 0.1));
  for (const Launch& launch : results_.launches) {
    EXPECT_FALSE(launch.busy);
    EXPECT_TRUE(std::isnan(launch.lost_share)) << "pretended times tell nothing";
  }
}

TEST_F(Campaigns, KeepInWhichAllocationAndOnWhichNodesLaunchesRan) {
  FakeLauncher launcher(amdahl_machine(1.0, 0.1));
  MeasureTools with = tools(launcher);
  with.allocation = "SLURM job 1";
  with.nodes = {"n1", "n2"};
  Journal journal = Journal::begin((folder_ / "journal").string(), results_);
  measure(results_, measuring_, with, journal);
  ASSERT_FALSE(results_.launches.empty());
  for (const Launch& launch : results_.launches) {
    EXPECT_EQ(launch.allocation, "SLURM job 1");
    EXPECT_EQ(launch.nodes, std::vector<std::string>{"n1"}) << "a point of one node";
  }
  const auto read = read_journal((folder_ / "journal").string());
  EXPECT_EQ(read->launches.back().nodes, std::vector<std::string>{"n1"});
  EXPECT_EQ(read->launches.back().allocation, "SLURM job 1");
}

TEST_F(Campaigns, NameTheNodesOfTheirRanksWhereNothingGrantedThem) {
  run(amdahl_machine(1.0, 0.1));
  const Launch& launch = results_.launches.front();
  EXPECT_EQ(launch.allocation, "");
  ASSERT_EQ(launch.nodes.size(), 1U);
  EXPECT_EQ(launch.nodes.front(), launch.header.at("ranks")[0].at("host"));
}

TEST_F(Campaigns, LeavePointsAloneThatHaveAnIntervalFromAnotherAllocation) {
  FakeMachine noisy = amdahl_machine(1.0, 0.1);
  noisy.launch_noise = 0.5;
  FakeLauncher launcher(noisy);
  MeasureTools with = tools(launcher);
  with.allocation = "SLURM job 1";
  with.nodes = {"n1"};
  measuring_.launches_max = 8;
  results_.points[3].state = State::skipped;
  const std::string path = (folder_ / "journal").string();
  {
    Journal journal = Journal::begin(path, results_);
    measure(results_, measuring_, with, journal);
  }
  measuring_.launches_max = 20;
  for (Point& point : results_.points) point.state = State::pending;
  with.allocation = "SLURM job 2";
  Journal journal = Journal::resume(path, results_);
  measure(results_, measuring_, with, journal);
  EXPECT_EQ(launches_of(0), 8) << "two allocations would leave it without an interval";
  EXPECT_TRUE(results_.points[0].reason.ends_with("the allocation that it was measured in ended"))
      << results_.points[0].reason;
  EXPECT_EQ(launches_of(3), 20) << "it had no interval to lose";
}

TEST_F(Campaigns, DoNotRelaunchForeverWhatCrashes) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.fault = [](const Job& job, std::int64_t) {
    return job.placement.threads == 2 ? FakeFault::crash : FakeFault::none;
  };
  run(machine);
  EXPECT_EQ(results_.points[1].state, State::crashed);
  EXPECT_NE(results_.points[1].reason.find("signal 11"), std::string::npos);
  EXPECT_EQ(launches_of(1), 2);
  EXPECT_EQ(results_.points[0].state, State::converged);  // the campaign goes on
  bool kept = false;
  for (const Launch& launch : results_.launches) {
    if (launch.point == 1) kept = launch.log_tail.find("Segmentation fault") != std::string::npos;
  }
  EXPECT_TRUE(kept);
}

TEST_F(Campaigns, ForgiveOneCrashButMentionIt) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.fault = [](const Job&, std::int64_t launch) {
    return launch == 3 ? FakeFault::crash : FakeFault::none;
  };
  run(machine);
  int mentioned = 0;
  for (const Point& point : results_.points) {
    EXPECT_EQ(point.state, State::converged) << point.reason;
    mentioned += point.reason == "1 launch crashed";
  }
  EXPECT_EQ(mentioned, 1);
}

TEST_F(Campaigns, NameEachWayToFail) {
  const struct {
    FakeFault fault;
    State state;
    std::string says;
  } table[] = {{FakeFault::timeout, State::timeout, "killed after"},
               {FakeFault::wrong_result, State::wrong_result, "0x2"},
               {FakeFault::truncated, State::crashed, "no end"},
               {FakeFault::unbound, State::invalid, "share a core"},
               {FakeFault::no_record, State::crashed, "failing as requested"}};
  for (const auto& row : table) {
    results_.launches.clear();
    results_.samples.clear();
    for (Point& point : results_.points) point.state = State::pending;
    FakeMachine machine = amdahl_machine(1.0, 0.1);
    machine.fault = [&](const Job& job, std::int64_t) {
      return job.placement.threads == 3 ? row.fault : FakeFault::none;
    };
    run(machine);
    EXPECT_EQ(results_.points[2].state, row.state) << row.says;
    EXPECT_NE(results_.points[2].reason.find(row.says), std::string::npos)
        << results_.points[2].reason;
    EXPECT_EQ(results_.points[3].state, State::converged) << row.says;
  }
}

TEST_F(Campaigns, EndWithTheBudgetOfEachPoint) {
  measuring_.budget_s = 30;  // a launch takes about five seconds here
  measuring_.choose_samples = false;
  FakeMachine machine = amdahl_machine(1.0, 1.0);
  machine.launch_noise = 0.3;
  run(machine);
  for (std::int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(results_.points[static_cast<std::size_t>(i)].state, State::not_converged);
    EXPECT_GE(launches_of(i), measuring_.launches_min);
    EXPECT_LT(launches_of(i), 9);
  }
}

TEST_F(Campaigns, RepeatAndMarkWhatABusyMachineMeasured) {
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.001;
  int gates = 0;
  run(machine, [&](std::int64_t workers) {
    EXPECT_EQ(workers, 4);
    GateReading reading;
    reading.loops = workers;
    reading.busy = gates++ < 3;
    reading.free_cores = reading.busy ? 2.5 : 4;
    return reading;
  });
  EXPECT_EQ(launches_of(0), 11);  // three busy ones, kept, and eight quiet ones
  EXPECT_EQ(results_.points[0].state, State::converged);
  EXPECT_EQ(results_.points[0].reason, "machine busy in 3 of 11 launches");
  EXPECT_TRUE(results_.launches.front().busy);
  EXPECT_EQ(results_.launches.front().free_cores, 2.5);
  EXPECT_FALSE(summarize(results_, 0).busy);
  EXPECT_EQ(summarize(results_, 0).launches.size(), 8U);
}

TEST_F(Campaigns, SayThatTheMachineWasBusyAllTheTime) {
  run(amdahl_machine(1.0, 0.1), [](std::int64_t workers) {
    GateReading reading;
    reading.loops = workers;
    reading.busy = true;
    return reading;
  });
  EXPECT_TRUE(summarize(results_, 0).busy);
  EXPECT_NE(results_.points[0].reason.find("machine busy in"), std::string::npos);
  EXPECT_GT(launches_of(0), 6);
  EXPECT_LE(launches_of(0), measuring_.launches_max);
}

TEST_F(Campaigns, FindTwoCentresAmongLaunches) {
  measuring_.launches_min = 20;
  FakeMachine machine = amdahl_machine(1.0, 0.1);
  machine.launch_noise = 0.005;
  std::int64_t count = 0;
  const auto times = machine.times;
  machine.times = [times, &count](const Job& job) {
    FakeTimes out = times(job);
    if (job.placement.threads == 1 && ++count % 2 == 0) out.phases.back().seconds *= 1.5;
    return out;
  };
  run(machine);
  EXPECT_EQ(results_.points[0].state, State::unstable) << results_.points[0].reason;
  EXPECT_NE(results_.points[0].reason.find("two centres"), std::string::npos);
  EXPECT_EQ(results_.points[3].state, State::converged);
}

TEST_F(Campaigns, LeaveSkippedPointsAlone) {
  results_.points[1].state = State::skipped;
  results_.points[1].reason = "no such driver";
  results_.points[2].reason = "size auto: 4 times the last-level cache";
  run(amdahl_machine(1.0, 0.1));
  EXPECT_EQ(launches_of(1), 0);
  EXPECT_EQ(results_.points[1].state, State::skipped);
  EXPECT_EQ(results_.points[1].reason, "no such driver");
  EXPECT_EQ(results_.points[2].reason, "size auto: 4 times the last-level cache");
}

TEST_F(Campaigns, TellTheirProgress) {
  FakeLauncher launcher(amdahl_machine(1.0, 0.1));
  MeasureTools with = tools(launcher);
  std::vector<Progress> told;
  with.progress = [&](const Progress& progress) { told.push_back(progress); };
  Journal journal = Journal::begin((folder_ / "journal").string(), results_);
  measure(results_, measuring_, with, journal);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front().points_done, 0);
  EXPECT_GT(told.front().remaining_s, 0) << "from the plan";
  EXPECT_EQ(told.back().points_done, 4);
  EXPECT_EQ(told.back().launches, 32);
  EXPECT_EQ(told.back().remaining_s, 0);
  EXPECT_EQ(told.back().now, nullptr);
}

}  // namespace
}  // namespace scalelaw::harness
