#include "harness/process/process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace scalelaw::harness {
namespace {

Command shell(const std::string& script) {
  return {{"sh", "-c", script}, {}, {}};
}

TEST(LogTail, KeepsTheEndFromALinesStart) {
  LogTail tail(20);
  for (int i = 0; i < 100; ++i) tail.append("line " + std::to_string(i) + "\n");
  EXPECT_EQ(tail.text(), "line 98\nline 99\n");
}

TEST(LogTail, KeepsAShortLogWhole) {
  LogTail tail(20);
  tail.append("one\ntwo\n");
  EXPECT_EQ(tail.text(), "one\ntwo\n");
}

TEST(RunProcess, GivesExitCodeAndBothStreams) {
  const Outcome outcome = run_process(shell("echo out; echo err >&2; exit 3"), 0);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(outcome.log, "out\nerr\n");
}

TEST(RunProcess, PassesArgumentsWithoutAShell) {
  const std::string nasty = "a b; $(echo c) 'd' \"e\" `f` *";
  const Outcome outcome = run_process({{"printf", "%s", nasty}, {}, {}}, 0);
  EXPECT_EQ(outcome.log, nasty);
}

TEST(RunProcess, AddsToTheEnvironmentAndReplacesInIt) {
  setenv("SCALELAW_TEST_KEPT", "kept", 1);
  setenv("SCALELAW_TEST_REPLACED", "old", 1);
  Command command = shell("echo $SCALELAW_TEST_KEPT $SCALELAW_TEST_REPLACED");
  command.environment = {{"SCALELAW_TEST_REPLACED", "new"}};
  EXPECT_EQ(run_process(command, 0).log, "kept new\n");
}

TEST(RunProcess, SaysThatAProgramIsMissing) {
  const Outcome outcome = run_process({{"/no/such/program"}, {}, {}}, 0);
  EXPECT_EQ(outcome.exit_code, 127);
  EXPECT_EQ(outcome.log, "cannot start /no/such/program: No such file or directory\n");
}

TEST(RunProcess, TellsASignalFromAnExit) {
  EXPECT_EQ(run_process(shell("kill -SEGV $$"), 0).exit_code, 128 + SIGSEGV);
}

TEST(RunProcess, KeepsTheLastPartOfALongLog) {
  const Outcome outcome = run_process(shell("seq 1 100000"), 0);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_LE(outcome.log.size(), 64U * 1024U);
  EXPECT_GT(outcome.log.size(), 60U * 1024U);
  EXPECT_TRUE(outcome.log.ends_with("\n99999\n100000\n"));
  EXPECT_EQ(outcome.log.find('\n'), 5U) << "begins in the middle of a line";
}

TEST(RunProcess, BindsWhenAsked) {
  Command command = shell("grep Cpus_allowed_list /proc/self/status");
  command.cpus = "0";
  EXPECT_EQ(run_process(command, 0).log, "Cpus_allowed_list:\t0\n");
}

TEST(RunProcess, EndsAGroupThatOverstays) {
  // Were one of them left to run, this would wait for it.
  const Outcome outcome = run_process(shell("sleep infinity & sleep infinity; echo never"), 0.2);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.exit_code, 128 + SIGTERM);
  EXPECT_EQ(outcome.log, "");
}

/// Whether a process is there and not merely waiting to be collected by its parent.
bool alive(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string id, name, state;
  return static_cast<bool>(file >> id >> name >> state) && state != "Z";
}

TEST(RunProcess, EndsDescendantsThatLeftTheGroup) {
  // setsid leaves the process group, as the ranks of some MPI libraries do.
  const Outcome outcome = run_process(shell("setsid sleep 100 & echo $!; wait"), 0.3);
  ASSERT_TRUE(outcome.timed_out);
  const pid_t stray = std::stoi(outcome.log);
  for (int i = 0; i < 100 && alive(stray); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(alive(stray));
}

TEST(RunProcess, DoesNotWaitForABackgroundChildThatHoldsTheLog) {
  const Outcome outcome = run_process(shell("sleep 100 & echo done"), 60);
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.log, "done\n");
}

TEST(ReadProcess, KeepsTheStreamsApart) {
  const Printed printed = read_process(shell("echo out; echo err >&2; exit 2"), 10);
  EXPECT_EQ(printed.exit_code, 2);
  EXPECT_EQ(printed.out, "out\n");
  EXPECT_EQ(printed.err, "err\n");
}

}  // namespace
}  // namespace scalelaw::harness
