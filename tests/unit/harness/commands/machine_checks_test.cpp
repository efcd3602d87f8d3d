#include "harness/commands/machine_checks.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "common/error.hpp"
#include "common/field.hpp"
#include "support/models.hpp"

namespace scalelaw::harness {
namespace {

Health health_of(const std::vector<MachineCheck>& findings, const std::string& check) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const MachineCheck& f) { return f.check == check; });
  EXPECT_NE(found, findings.end()) << check;
  return found->health;
}

TEST(MachineChecks, SayWhatCanBeSeenDuringSamples) {
  const Observer observer({.processors = {},
                           .threads = {::gettid()},
                           .proc = "/proc",
                           .powercap = "/nowhere",
                           .events = {.type = 0x7fffffff, .cycles = 0, .instructions = 0}});
  const std::vector<MachineCheck> checks = judge_observer(observer);
  ASSERT_EQ(checks.size(), 5U);
  for (const MachineCheck& check : checks) {
    EXPECT_EQ(check.health, check.remedy.empty() ? Health::good : Health::note) << check.check;
    const bool known = !check.found.starts_with("unknown: ");
    EXPECT_EQ(known, check.remedy.empty()) << check.check;
    if (check.check.ends_with("energy") || check.check.ends_with("clock rate") ||
        check.check.ends_with("steal")) {
      EXPECT_FALSE(known) << check.check;
    }
    if (check.check.ends_with("memory")) {
      EXPECT_TRUE(known) << check.found;
    }
  }
}

TEST(JudgeEnvironment, SaysWhatToMend) {
  const std::vector<MachineCheck> good = judge_environment({{"cpu.governor", "performance"},
                                                            {"huge_pages.transparent", "always"},
                                                            {"numa.balancing", "0"},
                                                            {"cgroup.cpu_quota", "none"},
                                                            {"load.1_minute", "0.1"}});
  const std::vector<MachineCheck> poor = judge_environment({{"cpu.governor", "powersave"},
                                                            {"huge_pages.transparent", "never"},
                                                            {"numa.balancing", "1"},
                                                            {"cgroup.cpu_quota", "1.5"},
                                                            {"load.1_minute", "3.2"}});
  for (const char* check : {"frequency governor", "transparent huge pages",
                            "automatic NUMA balancing", "CPU quota", "load of the last minute"}) {
    EXPECT_EQ(health_of(good, check), Health::good) << check;
    EXPECT_EQ(health_of(poor, check), Health::note) << check;
  }
  for (const MachineCheck& f : poor) {
    EXPECT_EQ(f.remedy.empty(), f.health == Health::good) << f.check;
  }
}

TEST(JudgeFreeCores, BlamesABusyMachine) {
  EXPECT_EQ(judge_free_cores({.free_cores = 1.98, .loops = 2}).health, Health::good);
  const MachineCheck busy = judge_free_cores({.free_cores = 1.1, .loops = 2, .busy = true});
  EXPECT_EQ(busy.health, Health::bad);
  EXPECT_EQ(busy.found, "1.10 of 2");
}

nlohmann::json header(const std::string& first, const std::string& second) {
  const auto thread = [](int n, const std::string& cpus) {
    return nlohmann::json{{"thread", n}, {"cpus", cpus}, {"last_cpu", 0}};
  };
  return {{"ranks",
           {{{"rank", 0},
             {"host", "h"},
             {"pid", 1},
             {"threads", {thread(0, first), thread(1, second)}}}}},
          {"placement", {{"nodes", 1}, {"ranks", 1}, {"threads", 2}}},
          {"timer", {{"resolution_s", 2e-8}, {"overhead_s", 3e-8}}}};
}

TEST(JudgeStart, TellsFailuresAndWrongMasks) {
  Point point;
  point.model = models::openmp;
  point.placement = {1, 1, 2};
  Outcome well, failed, late;
  failed.exit_code = 1;
  failed.log = "\n  mpirun was unable to launch\nmore";
  late.timed_out = true;
  EXPECT_EQ(judge_start("x", point, well, header("0", "1")).health, Health::good);
  EXPECT_EQ(judge_start("x", point, well, header("0", "0")).health, Health::bad);
  const MachineCheck bad = judge_start("x", point, failed, nullptr);
  EXPECT_EQ(bad.health, Health::bad);
  EXPECT_EQ(bad.found, "exit status 1: mpirun was unable to launch");
  EXPECT_EQ(judge_start("x", point, late, nullptr).health, Health::bad);
}

TEST(JudgeTimer, WantsAFineClock) {
  EXPECT_EQ(judge_timer(header("0", "1")).health, Health::good);
  EXPECT_EQ(judge_timer({{"timer", {{"resolution_s", 1e-3}, {"overhead_s", 1e-8}}}}).health,
            Health::note);
  EXPECT_EQ(judge_timer(nullptr).health, Health::bad);
}

TEST(JudgeSame, FindsAMachineThatChanges) {
  const std::vector<double> a{1, 1.01, 0.99, 1, 1.005, 0.995}, b{1.002, 0.995, 1.01, 1, 1, 0.99},
      slow{1.5, 1.51, 1.49, 1.5, 1.5, 1.49};
  const std::vector<double> wild{0.5, 2, 1, 1.4, 0.7, 1.2};
  EXPECT_EQ(judge_same(a, b)->health, Health::good);
  EXPECT_EQ(judge_same(slow, a)->health, Health::bad);
  EXPECT_EQ(judge_same(wild, a)->health, Health::note);
  EXPECT_FALSE(judge_same(std::vector<double>{1}, a));
}

}  // namespace
}  // namespace scalelaw::harness
