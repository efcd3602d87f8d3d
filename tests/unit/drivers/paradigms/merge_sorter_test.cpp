#include "drivers/paradigms/merge_sorter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "paradigms/divide_and_conquer.hpp"

namespace scalelaw::driver {
namespace {

TEST(MergeSorter, SortsWhateverTheCutoff) {
  SerialTeam team;
  const auto alone = make_self_comm();
  for (const std::size_t length : {0, 1, 2, 3, 10, 1000, 1023}) {
    for (const std::int64_t cutoff : {1, 2, 7, 500, 5000}) {
      std::vector<std::uint64_t> numbers(length), room(length);
      paradigms::fill_numbers(3, 0, numbers);
      auto expected = numbers;
      std::sort(expected.begin(), expected.end());
      MergeSorter(cutoff, team, *alone).sort(numbers, room);
      EXPECT_EQ(numbers, expected) << length << " " << cutoff;
    }
  }
}

TEST(RankPart, GivesEachRankItsShare) {
  for (const int ranks : {1, 2, 3, 5, 8, 13}) {
    for (const std::int64_t numbers : {0, 1, 7, 1'000'000}) {
      std::int64_t sum = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        RankOrigin origin = origin_of(rank, ranks, numbers);
        EXPECT_EQ(origin.part.begin, rank);
        EXPECT_EQ(origin.parent < 0, rank == 0);
        EXPECT_LT(origin.parent, std::max(rank, 1));
        while (!origin.part.is_single()) origin.part = origin.part.left();
        sum += origin.part.numbers;
        EXPECT_NEAR(static_cast<double>(origin.part.numbers), static_cast<double>(numbers) / ranks,
                    5);
      }
      EXPECT_EQ(sum, numbers);
    }
  }
}

TEST(RankPart, IsSentByTheRankThatSplitsIt) {
  for (int rank = 1; rank < 13; ++rank) {
    const RankOrigin mine = origin_of(rank, 13, 1000);
    RankPart part = origin_of(mine.parent, 13, 1000).part;
    std::set<int> sent_to;
    for (; !part.is_single(); part = part.left()) {
      sent_to.insert(part.right().begin);
      if (part.right().begin == rank) {
        EXPECT_EQ(part.right().numbers, mine.part.numbers);
        EXPECT_EQ(part.right().end, mine.part.end);
      }
    }
    EXPECT_TRUE(sent_to.contains(rank)) << rank;
  }
}

}  // namespace
}  // namespace scalelaw::driver
