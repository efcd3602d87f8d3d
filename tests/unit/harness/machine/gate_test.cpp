#include "harness/machine/gate.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace scalelaw::harness {
namespace {

/// One core's loop: the share of time it was given, and the work done in that time (1:
/// undisturbed).
struct Given {
  double cpu = 1;
  double work = 1;
};

std::vector<SpinResult> spins(const std::vector<Given>& cores) {
  std::vector<SpinResult> results;
  for (const Given& core : cores) results.push_back({1.0, core.cpu, 1000 * core.work, 1000});
  return results;
}

TEST(ReadSpins, CountsTheCoresThatAreFree) {
  const GateReading quiet = read_spins(spins({{}, {}, {}, {}}), 1000, 0.9);
  EXPECT_FALSE(quiet.busy);
  EXPECT_DOUBLE_EQ(quiet.free_cores, 4);
  EXPECT_EQ(quiet.loops, 4);
}

TEST(ReadSpins, FindsACoreThatIsSharedWithAnotherProcess) {
  const GateReading reading = read_spins(spins({{0.5, 0.5}, {}}), 1000, 0.9);
  EXPECT_TRUE(reading.busy);
  EXPECT_DOUBLE_EQ(reading.free_cores, 1.5);
  EXPECT_DOUBLE_EQ(reading.cpu_share, 0.75);
}

TEST(ReadSpins, FindsABusySiblingThoughTheTimeIsWhole) {
  const GateReading reading = read_spins(spins({{1, 0.55}, {1, 0.55}}), 1000, 0.9);
  EXPECT_TRUE(reading.busy);
  EXPECT_NEAR(reading.free_cores, 1.1, 1e-12);
}

TEST(ReadSpins, ForgivesAClockThatSlowsDownWithMoreCores) {
  EXPECT_FALSE(read_spins(spins({{1, 0.8}, {1, 0.8}}), 1000, 0.9).busy);
}

TEST(ReadSpins, OverlooksASmallDisturbance) {
  EXPECT_FALSE(read_spins(spins({{0.95, 0.95}, {}}), 1000, 0.9).busy);
  EXPECT_TRUE(read_spins(spins({{0.95, 0.95}, {}}), 1000, 0.99).busy);
}

Cores four_cores() {
  return {{{0}, {1}, {2}, {3}}, {{0}, {1}, {2}, {3}}, 0};
}

/// A machine whose core 0 is busy until `quiet_from` gates have been held.
class BusyMachine {
 public:
  explicit BusyMachine(int quiet_from) : quiet_from_(quiet_from) {}
  std::vector<SpinResult> spin(const std::vector<Core>& cores) {
    if (cores.size() == 1) return spins({{}});
    largest = std::max(largest, cores.size());
    std::vector<Given> given(cores.size());
    if (gates++ < quiet_from_) given[0] = {0.5, 0.5};
    return spins(given);
  }
  int gates = 0;
  std::size_t largest = 0;

 private:
  int quiet_from_;
};

GateReading ask(BusyMachine& machine, const Cores& cores, std::int64_t workers,
                std::int64_t retries) {
  const Spin spin = [&](const std::vector<Core>& used, double) { return machine.spin(used); };
  return make_gate(CapacityGate{}, cores, spin, retries, 0)(workers);
}

TEST(Gate, AsksAgainSoThatAPassingDisturbanceDoesNotSpoilABlock) {
  BusyMachine passing(2), lasting(100), quiet(0);
  EXPECT_FALSE(ask(passing, four_cores(), 4, 2).busy);
  EXPECT_EQ(passing.gates, 3);
  EXPECT_TRUE(ask(lasting, four_cores(), 4, 2).busy);
  EXPECT_EQ(lasting.gates, 3);
  EXPECT_FALSE(ask(quiet, four_cores(), 4, 2).busy);
  EXPECT_EQ(quiet.gates, 1);
}

TEST(Gate, RunsNoMoreLoopsThanThereAreCores) {
  BusyMachine machine(0);
  EXPECT_EQ(ask(machine, four_cores(), 64, 0).loops, 4);
  Cores with_quota = four_cores();
  with_quota.quota = 2.5;
  EXPECT_EQ(ask(machine, with_quota, 64, 0).loops, 2);
  EXPECT_EQ(ask(machine, four_cores(), 3, 0).loops, 3);
}

TEST(SpinThreads, WorksOnEachCoreAndSaysForHowLong) {
  const Cores cores = find_cores();
  const std::vector<SpinResult> results = spin_threads(cores.allowed, 0.01);
  ASSERT_EQ(results.size(), cores.allowed.size());
  for (const SpinResult& result : results) {
    EXPECT_GE(result.wall_s, 0.01);
    EXPECT_GT(result.steps, 0);
    EXPECT_GT(result.cpu_s, 0);
    EXPECT_LE(result.cpu_s, result.wall_s * 1.5 + 0.01);
  }
}

}  // namespace
}  // namespace scalelaw::harness
