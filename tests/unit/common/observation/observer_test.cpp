#include "common/observation/observer.hpp"

#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

/// A pretended machine: its /proc and its /sys/class/powercap.
class ObserverTest : public testing::Test {
 protected:
  ObserverTest() {
    fs::create_directories(root() / "self/task/7");
    fs::create_directories(root() / "self/task/8");
    fs::create_directories(root() / "powercap/intel-rapl:0");
    write("powercap/intel-rapl:0/name", "package-0\n");
    write("powercap/intel-rapl:0/max_energy_range_uj", "1000000000\n");
    at(0, 0, 0);
  }

  /// What it tells now: steal of both processors, waits of both threads, energy.
  void at(int steal_hundredths, long waited_ns, long energy_uj) {
    const std::string steal = std::to_string(steal_hundredths) + " 0 0\n";
    write("stat", "cpu 1 2 3 4 5 6 7 99 0 0\ncpu0 1 2 3 4 5 6 7 " + steal + "cpu1 1 2 3 4 5 6 7 " +
                      steal + "intr 1\n");
    write("self/task/7/schedstat", "100 " + std::to_string(waited_ns) + " 3\n");
    write("self/task/8/schedstat", "100 " + std::to_string(waited_ns) + " 3\n");
    write("powercap/intel-rapl:0/energy_uj", std::to_string(energy_uj) + "\n");
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(root() / name) << text;
  }
  [[nodiscard]] fs::path root() const { return folder_.path(); }
  [[nodiscard]] ObserverSetup setup() const {
    // No processor has events of this kind.
    return {.processors = {0, 1},
            .threads = {7, 8},
            .proc = root(),
            .powercap = root() / "powercap",
            .events = {.type = 0x7fffffff, .cycles = 0, .instructions = 0}};
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(ObserverTest, TellsWhatCameInASpan) {
  Observer observer(setup());
  at(10, 1'000'000'000, 5'000'000);
  observer.begin();
  at(15, 1'250'000'000, 9'000'000);
  const Observed seen = observer.end();
  EXPECT_DOUBLE_EQ(seen.steal_s, 0.1) << "of two processors";
  EXPECT_DOUBLE_EQ(seen.queued_s, 0.5) << "of two threads";
  EXPECT_DOUBLE_EQ(seen.energy_j, 4);
  EXPECT_GE(seen.involuntary_switches, 0) << "of this process";
  EXPECT_GE(seen.major_faults, 0);
  observer.begin();
  EXPECT_EQ(observer.end().steal_s, 0) << "each span begins anew";
}

TEST_F(ObserverTest, SaysWhatItKnowsAndWhyItDoesNotKnowTheRest) {
  const Observer observer(setup());
  EXPECT_EQ(observer.known().at("steal"), "processors 0-1");
  EXPECT_EQ(observer.known().at("queue"), "2 threads");
  EXPECT_EQ(observer.known().at("energy"), "package-0");
  ASSERT_TRUE(observer.unknown().contains("counters"));
  EXPECT_FALSE(observer.unknown().at("counters").hint().empty());

  ObserverSetup nowhere = setup();
  nowhere.proc = nowhere.powercap = root() / "nothing";
  Observer blind(nowhere);
  for (const char* way : {"steal", "queue", "energy", "counters"}) {
    EXPECT_TRUE(blind.unknown().contains(way)) << way;
  }
  blind.begin();
  const Observed seen = blind.end();
  EXPECT_TRUE(std::isnan(seen.steal_s));
  EXPECT_TRUE(std::isnan(seen.queued_s));
  EXPECT_TRUE(std::isnan(seen.cycles));
  EXPECT_TRUE(std::isnan(seen.counted_s));
  EXPECT_TRUE(std::isnan(seen.energy_j));
}

TEST_F(ObserverTest, TellsNothingOfACountThatWentBack) {
  Observer observer(setup());
  at(10, 0, 0);
  observer.begin();
  at(5, 0, 0);
  EXPECT_TRUE(std::isnan(observer.end().steal_s)) << "a machine that moved to another host";
}

TEST_F(ObserverTest, LooksNoMoreInAWayThatIsOmitted) {
  Observer observer(setup());
  double clock_s = 0;
  const auto costs = observer.costs([&] { return clock_s += 0.5; });
  EXPECT_EQ(costs.at("steal"), 0.5);
  EXPECT_FALSE(costs.contains("counters")) << "it is unknown";
  observer.omit("steal", Error("too slow", "wait"));
  observer.omit("counters", Error("too slow", "wait"));
  EXPECT_STREQ(observer.unknown().at("steal").what(), "too slow");
  EXPECT_STRNE(observer.unknown().at("counters").what(), "too slow") << "there were none anyway";
  observer.begin();
  at(100, 1'000'000'000, 0);
  const Observed seen = observer.end();
  EXPECT_TRUE(std::isnan(seen.steal_s));
  EXPECT_EQ(seen.queued_s, 2);
}

TEST_F(ObserverTest, LooksAtTheProgramsThatAThreadStarts) {
  ObserverSetup programs = setup();
  programs.threads = {};
  programs.energy = false;
  programs.events = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, PERF_COUNT_SW_PAGE_FAULTS};
  Observer observer(programs);
  EXPECT_FALSE(observer.known().contains("queue")) << "their threads are gone when they end";
  EXPECT_FALSE(observer.known().contains("energy") || observer.unknown().contains("energy"));
  observer.begin();
  const pid_t child = fork();
  if (child == 0) _exit(execl("/bin/true", "true", static_cast<char*>(nullptr)));
  waitpid(child, nullptr, 0);
  const Observed seen = observer.end();
  EXPECT_GE(seen.involuntary_switches, 0);
  if (observer.known().contains("counters")) {
    EXPECT_GT(seen.counted_s, 0);
  }
}

TEST(UserPart, IsUnknownWhereTheTimesAre) {
  EXPECT_DOUBLE_EQ(user_part(8, 3, 1), 6);
  EXPECT_TRUE(std::isnan(user_part(8, Observed::unknown, Observed::unknown)));
  EXPECT_TRUE(std::isnan(user_part(8, 0, 0)));
}

TEST(PeakBytes, AreThoseOfThisProcess) {
  EXPECT_GT(peak_bytes_so_far(), 1'000'000);
}

}  // namespace
}  // namespace scalelaw
