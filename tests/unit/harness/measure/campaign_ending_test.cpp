#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "harness/launch/ending.hpp"
#include "harness/launch/fake.hpp"
#include "harness/measure/campaign_run.hpp"
#include "harness/process/interrupt.hpp"
#include "support/campaigns.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

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

}  // namespace
}  // namespace scalelaw::harness
