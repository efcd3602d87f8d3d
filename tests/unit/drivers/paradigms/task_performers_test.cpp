#include "drivers/paradigms/task_performers.hpp"

#include <gtest/gtest.h>

#include "drivers/paradigms/uncached_file.hpp"
#include "support/pretended_comm.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::Reading;
using paradigms::TaskBatch;
using paradigms::TaskKind;
using paradigms::TaskValues;

TEST(TaskPerformers, GiveTheValueThatIsKnownHoweverSlowTheHost) {
  SerialTeam team;
  const auto alone = make_self_comm();
  TaskDealer dealer(5, 1, 1, *alone);
  for (const double slowness : {1.0, 1.5, 3.0}) {
    const TaskBatch cpu{}, memory{.kind = TaskKind::memory, .working_set = 100'000},
        wait{.kind = TaskKind::wait};
    for (std::int64_t task = 0; task < 5; ++task) {
      EXPECT_EQ(perform_computing(cpu, slowness, dealer)(0, task, 77),
                TaskValues(cpu).expected(task, 77));
      EXPECT_EQ(perform_reading_memory(memory, slowness, dealer, team)(0, task, 30'000),
                TaskValues(memory).expected(task, 30'000));
      EXPECT_EQ(perform_waiting(wait, slowness, dealer, *alone)(0, task, 5),
                TaskValues(wait).expected(task, 5));
    }
  }
}

TEST(TaskPerformers, ReadAFileAndAskAServerForTheSameWords) {
  SerialTeam team;
  const auto alone = make_self_comm();
  TaskDealer dealer(5, 1, 1, *alone);
  const TaskBatch network{.kind = TaskKind::network, .latency_us = 0, .working_set = 100'000};
  const WordServer server(network, true);
  const PerformTask ask = perform_asking(network, server.place(), dealer, team);
  for (std::int64_t task = 0; task < 5; ++task) {
    EXPECT_EQ(ask(0, task, 30'001), TaskValues(network).expected(task, 30'001));
  }
  for (const Reading reading : {Reading::direct, Reading::dropped}) {
    const TaskBatch disk{.kind = TaskKind::disk, .working_set = 100'000, .reading = reading};
    if (UncachedFile::fault(folder_for_files(""), reading)) GTEST_SKIP() << "no disk here";
    const PerformTask read = perform_reading_file(disk, dealer, team);
    for (std::int64_t task = 0; task < 5; ++task) {
      EXPECT_EQ(read(0, task, 200'000), TaskValues(disk).expected(task, 200'000));
    }
  }
}

TEST(TaskPerformers, WaitAsLongAsTheyAreTold) {
  const TaskBatch wait{.kind = TaskKind::wait};
  for (const double slowness : {1.0, 2.0}) {
    PretendedComm comm(1);  // its clock advances when it is read
    TaskDealer dealer(1, 0, 1, comm);
    const double begin_s = comm.now_s();
    perform_waiting(wait, slowness, dealer, comm)(0, 0, 10);
    EXPECT_GE(comm.now_s() - begin_s, 10e-6 * slowness);
    EXPECT_LT(comm.now_s() - begin_s, 20e-6 * slowness);
  }
}

}  // namespace
}  // namespace scalelaw::driver
