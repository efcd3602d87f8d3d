#include "harness/machine/machine.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cmath>
#include <string>
#include <thread>

namespace scalelaw::harness {
namespace {

TEST(FindMachine, SeesThisMachine) {
  const Machine machine = find_machine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_LE(machine.cores, machine.cores_total);
  EXPECT_GT(machine.memory_bytes, 0);
  EXPECT_FALSE(machine.first_core.empty());
}

TEST(FindMachine, CountsTheCoresOfItsAffinityMask) {
  const Machine before = find_machine();
  // In a thread of its own, so that the mask goes with it; the first usable processor alone.
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &all)) continue;
    CPU_SET(cpu, &one);
    break;
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const Machine bound = find_machine();
  sched_setaffinity(0, sizeof all, &all);
  EXPECT_EQ(bound.cores, 1);
  EXPECT_EQ(bound.cores_total, before.cores_total);
}

TEST(WithOptions, TakesTheConfigsWordOverWhatIsFound) {
  Machine found;
  found.cores = 2;
  const Machine told = with_options(found, {64, 1 << 30, 1 << 20});
  EXPECT_EQ(told.cores, 64);
  EXPECT_EQ(told.cores_total, 64);
  EXPECT_EQ(told.memory_bytes, 1 << 30);
  EXPECT_EQ(told.last_level_cache_bytes, 1 << 20);
  EXPECT_EQ(with_options(found, {}).cores, 2);
}

TEST(WithNodes, TakesTheNodesForThisMachine) {
  Machine found;
  found.cores = 2;
  found.memory_bytes = 5;
  const Machine there = with_nodes(found, 4, 36, 1 << 30);
  EXPECT_EQ(there.nodes, 4);
  EXPECT_EQ(there.cores, 36);
  EXPECT_EQ(there.cores_total, 36);
  EXPECT_EQ(there.memory_bytes, 1 << 30);
  EXPECT_EQ(with_nodes(found, 1, 2, 0).memory_bytes, 5) << "0 is unknown";
}

}  // namespace
}  // namespace scalelaw::harness
