#include "common/schedule.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace scalelaw
