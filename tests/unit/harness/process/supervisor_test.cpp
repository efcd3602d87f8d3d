// Nothing that a harness started outlives the launch, nor the harness itself.
#include "harness/process/supervisor.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "common/error.hpp"
#include "harness/process/leftovers.hpp"
#include "harness/process/process.hpp"
#include "harness/process/process_table.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Command shell(const std::string& script) {
  return {{"sh", "-c", script}, {}, {}};
}

bool alive(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const ProcessEntry found = parse_process(text);
  return found.pid == pid && found.state != 'Z';
}

bool gone_soon(pid_t pid) {
  for (int i = 0; i < 3000 && alive(pid); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !alive(pid);
}

/// The numbers in a file, once there are `count`.
std::vector<pid_t> numbers_in(const std::string& path, std::size_t count) {
  for (int i = 0; i < 3000; ++i) {
    std::ifstream file(path);
    std::vector<pid_t> out;
    for (pid_t pid = 0; file >> pid;) out.push_back(pid);
    if (out.size() >= count) return out;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << path << " does not fill";
  return {};
}

/// Runs `act` in a process of its own, which then exits.
template <class Act>
pid_t in_child(const Act& act) {
  const pid_t child = fork();
  if (child == 0) {
    act();
    _exit(0);
  }
  return child;
}

// A daemon in a session of its own that ignores SIGTERM, and whose parent has gone.
const std::string daemon_script =
    "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' &); ";

class Supervised : public testing::Test {
 protected:
  void SetUp() override { script_ = "cd " + folder_.path().string() + "; "; }
  [[nodiscard]] std::string pids() const { return (folder_.path() / "pids").string(); }
  TemporaryFolder folder_;
  std::string script_;
};

TEST_F(Supervised, EndsAndReportsADaemonThatACommandLeaves) {
  const Outcome outcome =
      run_process(shell(script_ + daemon_script + "until [ -s pids ]; do :; done; exit 4"), 60);
  EXPECT_EQ(outcome.exit_code, 4);
  ASSERT_FALSE(outcome.left_behind.empty());
  const pid_t daemon = numbers_in(pids(), 1).at(0);
  const std::string named = "sh (process " + std::to_string(daemon) + ")";
  EXPECT_NE(std::find(outcome.left_behind.begin(), outcome.left_behind.end(), named),
            outcome.left_behind.end());
  EXPECT_FALSE(alive(daemon));
}

TEST_F(Supervised, ReportsNothingOfHelpersThatEndWithTheirCommand) {
  EXPECT_TRUE(run_process(shell("sleep 0.05 & exit 0"), 60).left_behind.empty());
  EXPECT_TRUE(run_process(shell("sleep 0.01 | cat"), 60).left_behind.empty());
}

TEST_F(Supervised, EndsTheRanksOfALauncherThatWasKilled) {
  // As mpirun's ranks, the child leaves the group; then the launcher dies without a word.
  const Outcome outcome = run_process(
      shell(script_ + "setsid sleep 1000 & echo $! > pids; kill -9 $$; sleep 1000"), 60);
  EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
  EXPECT_FALSE(alive(numbers_in(pids(), 1).at(0)));
  EXPECT_EQ(outcome.left_behind.size(), 1U);
}

TEST_F(Supervised, GivesACommandTimeToEndItsRanks) {
  // The group is asked, not its members elsewhere: this launcher ends them by itself.
  const Outcome outcome = run_process(
      shell(script_ + "setsid sh -c 'trap \"echo asked > asked; exit\" TERM; while :; do sleep "
                      "0.01; done' & rank=$!; trap 'kill -KILL $rank; echo ended > ended; exit 7' "
                      "TERM; while :; do sleep 0.01; done"),
      0.3);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "ended"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "asked"));
}

/// How a command ends that takes a second to end in order, when its end is wanted.
int end_of_a_slow_one(const std::string& script, const std::string& pids,
                      std::chrono::seconds end_grace) {
  const Descriptor nothing = open_nothing();
  Supervisor supervisor = start_supervised(
      shell(script + "trap 'sleep 1; exit 7' TERM; echo $$ > pids; while :; do sleep 0.01; done"),
      launch_mark({}), nothing.get(), nothing.get(), -1, end_grace);
  (void)numbers_in(pids, 1);
  supervisor.lifeline.close();
  waitpid(supervisor.pid, nullptr, 0);
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, read(supervisor.report.get(), text.data(), text.size()))));
  const std::optional<SupervisorReport> report = parse_report(text);
  return report ? report->status : -1;
}

TEST_F(Supervised, GivesACommandTheGraceThatItsCallerWants) {
  const int killed = end_of_a_slow_one(script_, pids(), std::chrono::seconds(0));
  EXPECT_TRUE(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGKILL) << killed;
  std::filesystem::remove(pids());
  const int ended = end_of_a_slow_one(script_, pids(), grace_of_harness);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 7) << ended;
}

TEST_F(Supervised, LeavesNothingWhenTheHarnessIsKilled) {
  const std::string stubborn =
      script_ + daemon_script + "trap '' TERM; echo $$ >> pids; while :; do sleep 1; done";
  const pid_t harness = in_child([&] { (void)run_process(shell(stubborn), 0); });
  const std::vector<pid_t> found = numbers_in(pids(), 2);
  kill(harness, SIGKILL);
  waitpid(harness, nullptr, 0);
  for (const pid_t pid : found) EXPECT_TRUE(gone_soon(pid)) << pid;
}

TEST_F(Supervised, OutlivesItsSupervisor) {
  const Outcome outcome = run_process(
      shell(script_ + daemon_script +
            "until [ -s pids ]; do :; done; trap '' TERM; echo $$ >> pids; kill -9 $PPID; "
            "sleep 1000"),
      60);
  EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
  for (const pid_t pid : numbers_in(pids(), 2)) EXPECT_FALSE(alive(pid)) << pid;
}

TEST_F(Supervised, GivesACommandItsStreamsWhereTheHarnessHasNone) {
  for (int closed = 1; closed < 8; ++closed) {
    const pid_t harness = in_child([&] {
      for (int fd = 0; fd < 3; ++fd) {
        if ((closed >> fd & 1) != 0) ::close(fd);
      }
      const Printed printed = read_process(shell("cat; echo out; echo err >&2"), 60);
      _exit(printed.out == "out\n" && printed.err == "err\n" ? 0 : 1);
    });
    int status = -1;
    waitpid(harness, &status, 0);
    EXPECT_EQ(status, 0) << closed;
  }
}

TEST_F(Supervised, KeepsNoFileOfTheHarnessOpen) {
  const pid_t harness = in_child([&] {
    const Pipe secret = make_pipe();
    const Outcome outcome =
        run_process(shell("ls -l /proc/$PPID/fd | grep -c 'pipe:'; ls /proc/self/fd | wc -l"), 60);
    // The lifeline and the report; and in the command 0 to 2 and what ls opens.
    _exit(outcome.log == "2\n4\n" ? 0 : 1);
  });
  int status = -1;
  waitpid(harness, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(Supervised, TellsExitCodesWhereChildrenWereIgnored) {
  const pid_t harness = in_child([&] {
    std::signal(SIGCHLD, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    const Outcome outcome = run_process(shell("kill -PIPE $$; exit 3"), 60);
    _exit(outcome.exit_code == 128 + SIGPIPE ? 0 : 1);
  });
  int status = -1;
  waitpid(harness, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(Supervised, LetsNohupReachTheCommand) {
  const pid_t harness = in_child([&] {
    std::signal(SIGHUP, SIG_IGN);
    _exit(run_process(shell("kill -HUP $$; exit 3"), 60).exit_code == 3 ? 0 : 1);
  });
  int status = -1;
  waitpid(harness, &status, 0);
  EXPECT_EQ(status, 0);
}

/// A process with a mark in its environment, of a session of its own.
pid_t start_marked(const std::string& mark) {
  return in_child([&] {
    setsid();
    setenv(std::string(mark_variable).c_str(), mark.c_str(), 1);
    std::signal(SIGTERM, SIG_IGN);
    execlp("sleep", "sleep", "1000", nullptr);
  });
}

/// Collects a child, so that it is not there as one that has ended either.
void collect(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST(Leftovers, AreEndedWhenTheirHarnessHasGone) {
  // The number is that of a process which is there, but started at another time.
  const std::string reused = std::to_string(getpid()) + ":1:";
  const pid_t mine = start_marked(reused + "/a/folder");
  const pid_t other = start_marked(reused + "/a/folder/of another");
  while (environment_of(mine, std::string(mark_variable)).find("/a/folder") == std::string::npos ||
         environment_of(other, std::string(mark_variable)).find("another") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(end_leftovers("/a/folder"),
            std::vector<std::string>{"sleep (process " + std::to_string(mine) + ")"});
  EXPECT_FALSE(alive(mine));
  EXPECT_TRUE(alive(other));
  EXPECT_TRUE(end_leftovers("/a/folder").empty());
  collect(mine);
  collect(other);
}

TEST(Leftovers, AreNotThoseOfAHarnessThatRuns) {
  const pid_t harness = in_child([] { pause(); });
  const pid_t driver = start_marked(std::to_string(harness) + ":" +
                                    std::to_string(start_ticks(harness)) + ":/its/folder");
  while (environment_of(driver, std::string(mark_variable)).find("/its") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THROW((void)end_leftovers("/its/folder"), Error);
  EXPECT_TRUE(alive(driver));
  collect(driver);
  collect(harness);
}

TEST(ProcessTable, ReadsALineOfProc) {
  const ProcessEntry one = parse_process(
      "12 (a) Z 3 (b\n) S 7 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 2 3");
  EXPECT_EQ(one.pid, 12);
  EXPECT_EQ(one.name, "a) Z 3 (b?");
  EXPECT_EQ(one.state, 'S');
  EXPECT_EQ(one.parent, 7);
  EXPECT_EQ(one.start_ticks, 98765U);
  EXPECT_EQ(parse_process("").pid, 0);
  EXPECT_EQ(parse_process("12 (a) S").pid, 0);
  EXPECT_EQ(parse_process(")(").pid, 0);
}

TEST(ProcessTable, KnowsThisProcess) {
  EXPECT_GT(start_ticks(getpid()), 0U);
  EXPECT_EQ(start_ticks(0x7ffffff), 0U);
  EXPECT_EQ(environment_of(getpid(), "SCALELAW_NO_SUCH_VARIABLE"), "");
}

TEST(SupervisorReport, IsReadOnceItHasTheStatus) {
  EXPECT_FALSE(parse_report("").has_value());
  EXPECT_FALSE(parse_report("25").has_value());
  EXPECT_EQ(parse_report("256\n")->status, 256);
  EXPECT_EQ(parse_report("9\nsleep (process 1)\nsh (process 2)\n")->left_behind.size(), 2U);
}

}  // namespace
}  // namespace scalelaw::harness
