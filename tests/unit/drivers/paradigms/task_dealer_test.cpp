#include "drivers/paradigms/task_dealer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "support/pretended_comm.hpp"

namespace scalelaw::driver {
namespace {

/// How often each task is dealt to the threads of a process, and in how many chunks.
struct Dealt {
  std::map<std::int64_t, int> times;
  int chunks = 0;
};

Dealt deal_all(TaskDealer& dealer, int threads) {
  std::mutex mutex;
  Dealt dealt;
  std::vector<std::thread> team;
  for (int thread = 0; thread < threads; ++thread) {
    team.emplace_back([&, thread] {
      for (Range chunk; !(chunk = dealer.next(thread)).empty();) {
        const std::lock_guard lock(mutex);
        ++dealt.chunks;
        for (std::int64_t task = chunk.begin; task < chunk.end; ++task) ++dealt.times[task];
      }
    });
  }
  for (std::thread& thread : team) thread.join();
  return dealt;
}

void expect_each_once(const Dealt& dealt, std::int64_t tasks) {
  EXPECT_EQ(dealt.times.size(), static_cast<std::size_t>(tasks));
  for (const auto& [task, times] : dealt.times) EXPECT_EQ(times, 1) << task;
}

TEST(TaskDealer, DealsEachTaskOnceInEveryPass) {
  const auto alone = make_self_comm();
  for (const std::int64_t tasks : {1, 2, 10, 1000}) {
    for (const std::int64_t chunk : {1, 3, 10, 5000}) {
      for (const int threads : {1, 2, 4}) {
        TaskDealer dealer(tasks, chunk, threads, *alone);
        for (int pass = 0; pass < 2; ++pass) {
          dealer.begin();
          const Dealt dealt = deal_all(dealer, threads);
          expect_each_once(dealt, tasks);
          EXPECT_EQ(dealt.chunks, (tasks + chunk - 1) / chunk);
        }
      }
    }
  }
}

TEST(TaskDealer, DealsOneChunkAWorkerInAdvance) {
  const auto alone = make_self_comm();
  TaskDealer dealer(10, 0, 3, *alone);
  dealer.begin();
  EXPECT_EQ(dealer.next(1), (Range{4, 7}));
  EXPECT_TRUE(dealer.next(1).empty());
  EXPECT_EQ(dealer.next(0), (Range{0, 4}));
  EXPECT_EQ(dealer.next(2), (Range{7, 10}));
  dealer.begin();
  expect_each_once(deal_all(dealer, 3), 10);

  PretendedComm first_of_two(2);
  TaskDealer of_ranks(10, 0, 2, first_of_two);  // the first two of four workers
  of_ranks.begin();
  EXPECT_EQ(of_ranks.next(0), (Range{0, 3}));
  EXPECT_EQ(of_ranks.next(1), (Range{3, 6}));
}

TEST(TaskDealer, DealsNothingToWorkersBeyondTheTasks) {
  const auto alone = make_self_comm();
  TaskDealer dealer(2, 0, 4, *alone);
  dealer.begin();
  EXPECT_EQ(dealer.next(1), (Range{1, 2}));
  EXPECT_TRUE(dealer.next(2).empty());
  EXPECT_TRUE(dealer.next(3).empty());
}

}  // namespace
}  // namespace scalelaw::driver
