#include "adapter/child.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "support/message.hpp"

namespace scalelaw::adapter {
namespace {

using Words = std::vector<std::string>;

struct Ended {
  ChildEnd end;
  Words lines;
};

Ended run(const std::string& script, std::int64_t workers = 1,
          const std::map<std::string, std::string>& env = {}, const std::string& folder = {}) {
  Ended out;
  out.end = run_child({.argv = {"sh", "-c", script}, .env = env, .folder = folder}, workers,
                      [&](std::string_view line) { out.lines.emplace_back(line); });
  return out;
}

TEST(Child, GivesTheLinesOfBothStreams) {
  Words lines = run("echo one; echo two >&2; printf three").lines;
  std::ranges::sort(lines);
  EXPECT_EQ(lines, (Words{"one", "three", "two"}));
}

TEST(Child, HasItsEnvironmentAndFolder) {
  EXPECT_EQ(run("echo $SCALELAW_TEST; pwd", 1, {{"SCALELAW_TEST", "x y"}}, "/").lines,
            (Words{"x y", "/"}));
}

TEST(Child, TellsHowItEnded) {
  EXPECT_EQ(run("true").end.fault(), "");
  EXPECT_EQ(run("echo bad input >&2; exit 3").end.fault(), "ended with exit code 3: bad input");
  const std::string killed = run("kill -SEGV $$").end.fault();
  EXPECT_NE(killed.find("was killed by signal 11"), std::string::npos) << killed;
}

TEST(Child, TellsWhatItTook) {
  const ProcessUse use = run("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").end.use;
  EXPECT_GT(use.wall_s, 0);
  EXPECT_GE(use.user_s, 0);
  EXPECT_GE(use.system_s, 0);
  EXPECT_GT(use.peak_bytes, 100'000);
}

TEST(Child, ShowsWhereItsWorkersMayRun) {
  const std::vector<SeenThread> threads =
      run("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done", 2).end.threads;
  ASSERT_EQ(threads.size(), 2U);
  EXPECT_FALSE(parse_cpu_list(threads[0].cpus).empty()) << threads[0].cpus;
  EXPECT_EQ(threads[1].cpus, "unknown");  // a shell has one thread
}

TEST(Child, ShowsThoseThatItStarted) {
  const auto script = "sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'; true";
  const std::vector<SeenThread> threads = run(script).end.threads;
  ASSERT_EQ(threads.size(), 1U);
  EXPECT_NE(threads[0].cpus, "unknown");
}

TEST(Child, ThatCannotStartIsAnError) {
  const auto start = [](const Invocation& what) {
    return message_of([&] { (void)run_child(what, 1, [](std::string_view) {}); });
  };
  EXPECT_NE(start({.argv = {"./no-such-program"}}).find("cannot start './no-such-program'"),
            std::string::npos);
  EXPECT_NE(start({.argv = {"/etc/passwd"}}).find("cannot start"), std::string::npos);
  EXPECT_NE(start({.argv = {"sh"}, .folder = "/no/such/folder"}).find("in '/no/such/folder'"),
            std::string::npos);
  EXPECT_NO_THROW(require_program({.argv = {"sh"}}));
  EXPECT_NO_THROW(require_program({.argv = {"/bin/sh"}}));
  EXPECT_NO_THROW(require_program({.argv = {"./sh"}, .folder = "/bin"}));
  EXPECT_THROW(require_program({.argv = {"./sh"}, .folder = "/etc"}), Error);
  EXPECT_THROW(require_program({.argv = {"sh"}, .env = {{"PATH", "/etc"}}}), Error);
}

TEST(Invocation, IsShownAsTyped) {
  EXPECT_EQ((Invocation{.argv = {"./a", "-n", "a b", ""}}.text()), "./a -n 'a b' ''");
}

}  // namespace
}  // namespace scalelaw::adapter
