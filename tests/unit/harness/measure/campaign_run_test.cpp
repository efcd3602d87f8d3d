#include "harness/measure/campaign_run.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "harness/launch/ending.hpp"
#include "harness/launch/fake.hpp"
#include "harness/launch/job.hpp"
#include "harness/measure/verdict.hpp"
#include "harness/plan/drivers.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/statistics/summary.hpp"
#include "support/campaigns.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

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

/// A launcher that fails as `fails` says of the job and the number of the try, instead of starting
/// anything.
class UnreliableLauncher : public FakeLauncher {
 public:
  using Fails = std::function<bool(const Job&, std::int64_t)>;
  UnreliableLauncher(FakeMachine machine, Outcome failure, Fails fails)
      : FakeLauncher(std::move(machine)), failure_(std::move(failure)), fails_(std::move(fails)) {}
  Outcome run(const Job& job) override {
    return fails_(job, tries_++) ? failure_ : FakeLauncher::run(job);
  }

 private:
  Outcome failure_;
  Fails fails_;
  std::int64_t tries_ = 0;
};

Outcome failure_of(const std::string& via, const std::string& log) {
  Outcome failure;
  failure.exit_code = 1;
  failure.via = via;
  failure.log = log;
  return failure;
}

const Outcome no_host = failure_of("mpirun", "ssh: Could not resolve hostname n7: unknown\n");
const Outcome no_step =
    failure_of("srun", "srun: error: task 2 launch failed: Unspecified error\n");
const Outcome no_room = failure_of(
    "", "scalelaw-openmp: cannot write the record 'r': No space left on device\n  hint: x\n");

TEST_F(Campaigns, RepeatLaunchesThatFailedByNoFaultOfTheDriver) {
  for (const Outcome& failure : {no_host, no_step, no_room}) {
    results_.launches.clear();
    results_.samples.clear();
    for (Point& point : results_.points) {
      point.state = State::pending;
      point.reason.clear();
    }
    waited_s_ = 0;
    UnreliableLauncher launcher(
        amdahl_machine(1.0, 0.1), failure,
        [](const Job& job, std::int64_t at) { return at < 9 && job.placement.threads > 1; });
    measure_with(launcher);
    std::int64_t failed = 0, well = 0;
    for (const Launch& launch : results_.launches) {
      failed += is_of_others(launch.cause) ? 1 : 0;
      well += launch.state == State::ok ? 1 : 0;
    }
    EXPECT_EQ(well, 32) << "none is lost, and none is made in vain";
    EXPECT_GT(failed, 3);
    EXPECT_GE(waited_s_, 3);
    EXPECT_EQ(results_.points[0].reason, "");
    for (const Point& point : results_.points) EXPECT_EQ(point.state, State::converged);
    EXPECT_NE(results_.points[3].reason.find("for reasons outside the driver, repeated"),
              std::string::npos)
        << results_.points[3].reason;
  }
}

TEST_F(Campaigns, LeavePointsPendingWhoseLauncherKeepsFailing) {
  const auto two_threads = [](const Job& job, std::int64_t) { return job.placement.threads == 2; };
  UnreliableLauncher launcher(amdahl_machine(1.0, 0.1), no_host, two_threads);
  measure_with(launcher);
  EXPECT_EQ(results_.points[0].state, State::converged) << "the others are measured";
  EXPECT_EQ(results_.points[1].state, State::pending);
  EXPECT_EQ(results_.points[1].reason,
            "mpirun failed, not the driver (exit code 1): ssh: Could not resolve hostname n7: "
            "unknown; tried 6 times; correct that, then --resume");
  EXPECT_EQ(waited_s_, 31);

  Results resumed = results_;
  for (Point& point : resumed.points) {
    point.state = State::pending;
    point.reason.clear();
  }
  Journal journal = Journal::resume((folder_ / "journal").string(), resumed);
  FakeLauncher works(amdahl_machine(1.0, 0.1));
  measure(resumed, measuring_, tools(works), journal);
  EXPECT_EQ(resumed.points[1].state, State::converged) << resumed.points[1].reason;
  EXPECT_EQ(works.launches(), 8) << "the others were measured already";
}

TEST_F(Campaigns, WaitForSlurmFiveMinutesAndForAllPointsTogether) {
  UnreliableLauncher launcher(amdahl_machine(1.0, 0.1), no_step,
                              [](const Job&, std::int64_t) { return true; });
  measure_with(launcher);
  for (const Point& point : results_.points) EXPECT_EQ(point.state, State::pending);
  EXPECT_GE(waited_s_, 300);
  EXPECT_LT(waited_s_, 360);
}

TEST_F(Campaigns, WaitForRoomOnTheDiskOfTheJournal) {
  const pid_t child = ::fork();  // the limit is the whole process's
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    FakeLauncher launcher(amdahl_machine(1.0, 0.1));
    MeasureTools with = tools(launcher);
    Journal journal = Journal::begin((folder_ / "journal").string(), results_);
    const rlimit tight{fs::file_size(folder_ / "journal") + 5000, RLIM_INFINITY};
    int pauses = 0;
    with.pause = [&](double) {
      if (++pauses < 3) return;
      const rlimit free{RLIM_INFINITY, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &free);
    };
    ::setrlimit(RLIMIT_FSIZE, &tight);
    measure(results_, measuring_, with, journal);
    ::_exit(pauses == 3 && results_.launches.size() == 32 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  Results seen = results_;
  Journal::resume((folder_ / "journal").string(), seen);
  EXPECT_EQ(seen.launches.size(), 32U) << "no line was torn, and none is there twice";
}

/// Runs the campaign in a process of its own, and kills that after `microseconds`.
void run_and_kill(const std::function<void()>& campaign, useconds_t microseconds) {
  const pid_t child = ::fork();
  if (child == 0) {
    campaign();
    ::_exit(0);
  }
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(Campaigns, GoOnAfterAKillAtAnyInstantAsIfNothingHadHappened) {
  const std::string path = (folder_ / "resumed").string();
  const auto go_on = [&](Results& results) {
    FakeMachine machine = amdahl_machine(1.0, 0.1);
    machine.launch_noise = 0.001;
    const auto times = machine.times;
    machine.times = [times](const Job& job) {
      ::usleep(1000);  // so that a kill meets a launch under way
      return times(job);
    };
    FakeLauncher launcher(machine);
    Journal journal =
        fs::exists(path) ? Journal::resume(path, results) : Journal::begin(path, results);
    measure(results, measuring_, tools(launcher), journal);
  };
  std::mt19937 random(2);
  std::size_t kept = 0;
  for (int kill = 0; kill < 8; ++kill) {
    run_and_kill(
        [&] {
          Results results = results_;
          go_on(results);
        },
        static_cast<useconds_t>(random() % 30'000));
    if (!fs::exists(path)) continue;
    Results seen = results_;
    Journal::resume(path, seen);
    EXPECT_GE(seen.launches.size(), kept);
    kept = seen.launches.size();
  }
  Results results = results_;
  go_on(results);
  EXPECT_GT(kept, 0U);
  std::map<std::pair<std::int64_t, std::int64_t>, int> launched;
  for (const Launch& launch : results.launches) ++launched[{launch.block, launch.point}];
  EXPECT_EQ(launched.size(), 32U);  // eight blocks of four points, each pair once
  for (const auto& [pair, times] : launched) EXPECT_EQ(times, 1);
  for (const Point& point : results.points)
    EXPECT_EQ(point.state, State::converged) << point.reason;
}

/// A launcher that is told to stop while its third launch runs.
class InterruptedLauncher : public FakeLauncher {
 public:
  using FakeLauncher::FakeLauncher;
  Outcome run(const Job& job) override {
    Outcome outcome = FakeLauncher::run(job);
    if (launches() == 3) ::raise(SIGTERM);
    return outcome;
  }
};

TEST_F(Campaigns, EndInOrderWhenInterrupted) {
  const pid_t child = ::fork();  // the signal's handler and flag are the whole process's
  if (child == 0) {
    catch_interrupts();
    InterruptedLauncher launcher(amdahl_machine(1.0, 0.1));
    Journal journal = Journal::begin((folder_ / "journal").string(), results_);
    measure(results_, measuring_, tools(launcher), journal);
    bool well = results_.launches.size() == 2;
    for (std::size_t i = 0; i < results_.points.size(); ++i) {
      const Point& point = results_.points[i];
      const bool begun = launches_of(static_cast<std::int64_t>(i)) > 0;
      well = well && point.state == State::pending &&
             point.reason == (begun ? "interrupted after 1 launch" : "not started");
    }
    ::_exit(well ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  Results seen = results_;
  Journal::resume((folder_ / "journal").string(), seen);
  EXPECT_EQ(seen.launches.size(), 2U);
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
