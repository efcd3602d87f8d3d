#include "common/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace scalelaw {
namespace {

using Kind = Schedule::Kind;

TEST(Dealer, DealsEveryItemExactlyOnce) {
  for (const Kind kind : {Kind::fixed, Kind::dynamic, Kind::guided}) {
    for (const std::int64_t chunk : {0, 1, 3, 1000}) {
      for (const int threads : {1, 2, 5}) {
        const Range whole{3, 103};
        Dealer dealer({kind, chunk}, whole, threads);
        std::vector<int> dealt(103, 0);
        for (int thread = 0; thread < threads; ++thread) {
          Range part;
          for (std::int64_t turn = 0; !(part = dealer.next(thread, turn)).empty(); ++turn) {
            for (std::int64_t i = part.begin; i < part.end; ++i) ++dealt[i];
          }
        }
        for (std::int64_t i = 0; i < 103; ++i) EXPECT_EQ(dealt[i], i < 3 ? 0 : 1);
      }
    }
  }
}

TEST(Dealer, FixedGivesEachThreadOneContiguousPart) {
  Dealer dealer({}, {0, 10}, 3);
  EXPECT_EQ(dealer.next(0, 0), (Range{0, 4}));
  EXPECT_EQ(dealer.next(2, 0), (Range{7, 10}));
  EXPECT_TRUE(dealer.next(0, 1).empty());
}

TEST(Dealer, DynamicGoesOnWhereTheThreadWas) {
  Dealer dealer({.kind = Kind::dynamic, .chunk = 2}, {0, 20}, 2);
  EXPECT_EQ(dealer.next(0, 0), (Range{0, 2}));
  EXPECT_EQ(dealer.next(1, 0), (Range{10, 12}));
  EXPECT_EQ(dealer.next(0, 1), (Range{2, 4}));
  EXPECT_EQ(dealer.next(1, 1), (Range{12, 14}));
}

TEST(Dealer, DynamicTakesHalfOfTheSlowestThreadsShare) {
  Dealer dealer({.kind = Kind::dynamic, .chunk = 1}, {0, 12}, 3);
  for (int turn = 0; turn < 4; ++turn) EXPECT_EQ(dealer.next(0, turn).begin, turn);
  EXPECT_EQ(dealer.next(1, 0), (Range{4, 5}));
  // Thread 2 has not begun, and has more left than thread 1.
  EXPECT_EQ(dealer.next(0, 4), (Range{10, 11}));
  EXPECT_EQ(dealer.next(2, 0), (Range{8, 9}));
}

TEST(Dealer, DynamicDealsEveryItemOnceToThreadsAtOnce) {
  constexpr std::int64_t items = 200'000;
  constexpr int threads = 4;
  Dealer dealer({.kind = Kind::dynamic, .chunk = 3}, {0, items}, threads);
  std::vector<std::vector<Range>> dealt(threads);
  {
    std::vector<std::jthread> team;
    for (int thread = 0; thread < threads; ++thread) {
      team.emplace_back([&, thread] {
        Range part;
        for (std::int64_t turn = 0; !(part = dealer.next(thread, turn)).empty(); ++turn) {
          dealt[static_cast<std::size_t>(thread)].push_back(part);
        }
      });
    }
  }
  std::vector<int> times(items, 0);
  for (const auto& parts : dealt) {
    for (const Range part : parts) {
      for (std::int64_t i = part.begin; i < part.end; ++i) ++times[static_cast<std::size_t>(i)];
    }
  }
  EXPECT_EQ(std::count(times.begin(), times.end(), 1), items);
}

}  // namespace
}  // namespace scalelaw
