// What one stage of a pipeline hands to the next.  Threads that wait are given what they wait for;
// one that would wait for ever makes the test hang, and time out.
#include "drivers/pass/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace scalelaw::driver {
namespace {

/// Enough for a thread that does not wait to have gone on.
void let_others_run() {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

TEST(BoundedQueue, HandsOnInOrder) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(queue.push(i));
  queue.close();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(queue.pop(), i);
  EXPECT_EQ(queue.pop(), std::nullopt) << "closed and empty";
  EXPECT_EQ(queue.pop(), std::nullopt) << "and so it stays";
}

TEST(BoundedQueue, KeepsTheOrderOfOneProducerWithLittleRoom) {
  BoundedQueue<int> queue(2);
  std::thread producer([&] {
    for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(queue.push(i));
    queue.close();
  });
  int expected = 0;
  while (const auto value = queue.pop()) EXPECT_EQ(*value, expected++);
  EXPECT_EQ(expected, 10'000);
  producer.join();
}

TEST(BoundedQueue, WaitsForRoom) {
  BoundedQueue<int> queue(3);
  std::atomic<int> pushed = 0;
  std::thread producer([&] {
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(queue.push(i));
      ++pushed;
    }
  });
  while (pushed < 3) std::this_thread::yield();
  let_others_run();
  EXPECT_EQ(pushed, 3) << "the fourth has no room";
  EXPECT_EQ(queue.pop(), 0);
  while (pushed < 4) std::this_thread::yield();
  let_others_run();
  EXPECT_EQ(pushed, 4) << "one went, one came";
  EXPECT_EQ(queue.pop(), 1);
  producer.join();
}

TEST(BoundedQueue, WaitsForAValue) {
  BoundedQueue<int> queue(3);
  std::atomic<int> popped = -1;
  std::thread consumer([&] { popped = queue.pop().value_or(-2); });
  let_others_run();
  EXPECT_EQ(popped, -1);
  EXPECT_TRUE(queue.push(7));
  consumer.join();
  EXPECT_EQ(popped, 7);
}

TEST(BoundedQueue, HandsEachValueToOneOfSeveralConsumers) {
  BoundedQueue<int> queue(4);
  constexpr int producers = 3, each = 2000;
  std::vector<std::thread> makers, takers;
  std::vector<std::vector<int>> taken(4);
  for (int p = 0; p < producers; ++p) {
    makers.emplace_back([&queue, p] {
      for (int i = 0; i < each; ++i) EXPECT_TRUE(queue.push(p * each + i));
    });
  }
  for (auto& mine : taken) {
    takers.emplace_back([&queue, &mine] {
      while (const auto value = queue.pop()) mine.push_back(*value);
    });
  }
  for (std::thread& maker : makers) maker.join();
  queue.close();
  for (std::thread& taker : takers) taker.join();
  std::vector<int> all;
  for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  std::vector<int> expected(producers * each);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

TEST(BoundedQueue, CloseEndsAllThatWaitForValues) {
  BoundedQueue<int> queue(1);
  std::vector<std::thread> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] { EXPECT_EQ(queue.pop(), std::nullopt); });
  }
  let_others_run();
  queue.close();
  for (std::thread& consumer : consumers) consumer.join();
}

TEST(BoundedQueue, CancelEndsAllWaitingAndDropsWhatIsThere) {
  BoundedQueue<int> full(1);
  EXPECT_TRUE(full.push(0));
  std::thread producer([&] { EXPECT_FALSE(full.push(1)); });
  BoundedQueue<int> empty(1);
  std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
  let_others_run();
  full.cancel();
  empty.cancel();
  producer.join();
  consumer.join();
  EXPECT_EQ(full.pop(), std::nullopt) << "what was in it is lost";
  EXPECT_FALSE(full.push(2)) << "and nothing goes in";
}

TEST(BoundedQueue, MovesWhatCannotBeCopied) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.push(std::make_unique<int>(5)));
  const auto value = queue.pop();
  ASSERT_TRUE(value && *value);
  EXPECT_EQ(**value, 5);
}

}  // namespace
}  // namespace scalelaw::driver
