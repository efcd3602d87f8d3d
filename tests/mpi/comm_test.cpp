#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::world;

Bytes bytes_of(int rank, std::size_t size) {
  return Bytes(size, static_cast<std::byte>(rank + 1));
}

TEST(MpiComm, GathersUnequalByteCountsInRankOrder) {
  const auto size = [](int rank) {
    return std::size_t{1000} * static_cast<std::size_t>(rank * rank);
  };
  const std::vector<Bytes> all = world().gather(bytes_of(world().rank(), size(world().rank())));
  if (!world().is_root()) {
    EXPECT_TRUE(all.empty());
    return;
  }
  ASSERT_EQ(all.size(), static_cast<std::size_t>(world().size()));
  for (int rank = 0; rank < world().size(); ++rank) {
    EXPECT_EQ(all[static_cast<std::size_t>(rank)], bytes_of(rank, size(rank)));
  }
}

TEST(MpiComm, BroadcastsTheRootsBytes) {
  const Bytes mine = world().is_root() ? bytes_of(6, 12345) : Bytes{};
  EXPECT_EQ(world().broadcast(mine), bytes_of(6, 12345));
  EXPECT_TRUE(world().broadcast({}).empty());
}

/// A merge that tells the order: digits of base 8 appended.
void append_digit(void* into, const void* from) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, into, sizeof a);
  std::memcpy(&b, from, sizeof b);
  std::uint64_t shift = 1;
  while (shift <= b) shift *= 8;
  a = a * shift + b;
  std::memcpy(into, &a, sizeof a);
}

TEST(MpiComm, AllreduceMergesInRankOrder) {
  std::uint64_t value = static_cast<std::uint64_t>(world().rank()) + 1;
  world().allreduce(&value, sizeof value, &append_digit);
  std::uint64_t expected = 0;
  for (int rank = 0; rank < world().size(); ++rank) {
    expected = expected * 8 + static_cast<std::uint64_t>(rank) + 1;
  }
  if (world().size() < 8) {
    EXPECT_EQ(value, expected);
  }
}

TEST(MpiComm, CounterDealsEveryNumberOnce) {
  constexpr std::int64_t numbers = 200;
  world().reset_counter();
  Bytes mine(numbers, std::byte{0});
  for (std::int64_t i = 0; (i = world().fetch_add(1)) < numbers;) {
    mine[static_cast<std::size_t>(i)] = std::byte{1};
  }
  std::vector<int> dealt(numbers, 0);
  for (const Bytes& one : world().gather(mine)) {
    for (std::size_t i = 0; i < one.size(); ++i) dealt[i] += static_cast<int>(one[i]);
  }
  if (world().is_root()) {
    EXPECT_EQ(dealt, std::vector<int>(numbers, 1));
  }
  world().barrier();
}

TEST(SharedNumber, TakesWhatAllRanksAdd) {
  if (world().size() == 1) return;  // threads need none
  SharedNumber& number = world().shared_number();
  for (int pass = 0; pass < 2; ++pass) {
    number.open(Access::together);
    for (int i = 0; i < 100; ++i) number.add(2);
    const std::int64_t sum = number.close();
    EXPECT_EQ(sum, world().is_root() ? 200 * world().size() : 0);
  }
}

TEST(SharedNumber, LosesNothingWhereRanksTakeTurns) {
  if (world().size() == 1) return;
  SharedNumber& number = world().shared_number();
  number.open(Access::in_turn);
  for (int i = 0; i < 100; ++i) {
    number.lock();
    number.write(number.read() + 1);
    number.unlock();
  }
  const std::int64_t sum = number.close();
  EXPECT_EQ(sum, world().is_root() ? 100 * world().size() : 0);
}

TEST(SharedNumber, LosesWhatIsAddedBetweenAReadAndAWrite) {
  if (world().size() == 1) return;
  SharedNumber& number = world().shared_number();
  number.open(Access::together);
  const std::int64_t before = number.read();
  world().barrier();  // all have read 0
  number.write(before + 1);
  EXPECT_EQ(number.close(), world().is_root() ? 1 : 0);
}

TEST(MpiComm, RanksReadTheRootsPieces) {
  Bytes memory(3000);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i % 251);
  std::vector<std::vector<Piece>> table;
  if (world().is_root()) {
    table = {{Piece(memory).first(1000), Piece(memory).last(5)},
             {Piece(memory).subspan(1000, 700)}};
    world().expose({Piece(memory)}, table);
  } else {
    world().expose({}, {});
  }
  Bytes first(1000);
  Bytes last(5);
  world().read(0, {Piece(first), Piece(last)});
  Bytes middle(700);
  world().read(1, {Piece(middle)});
  EXPECT_TRUE(std::equal(first.begin(), first.end(), memory.begin()));
  EXPECT_TRUE(std::equal(last.begin(), last.end(), memory.end() - 5));
  EXPECT_TRUE(std::equal(middle.begin(), middle.end(), memory.begin() + 1000));
  world().barrier();
  world().conceal();
}

/// From the root to rank 1; the others, and a world of one, have no part in it.
TEST(MpiComm, FullSizeMessageBeyondTwoToThe31) {
  if (world().size() == 1 || world().rank() > 1) return;
  const std::size_t size = (std::size_t{1} << 31) + 10;
  Bytes bytes(size);
  if (world().is_root()) {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i % 251);
    world().send({Piece(bytes)}, 1)->wait();
    return;
  }
  world().receive({Piece(bytes)}, 0)->wait();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < size; ++i) wrong += bytes[i] != static_cast<std::byte>(i % 251);
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace scalelaw::driver
