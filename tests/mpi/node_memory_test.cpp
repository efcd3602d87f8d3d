#include "drivers/comm/node_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "kernels/numerics/shareable_memory.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::world;

/// Within a slab, and beyond one.
constexpr std::int64_t sizes[] = {100, ShareableMemory::slab_bytes + 5000};

std::byte first_of(int rank) {
  return static_cast<std::byte>(rank + 1);
}
std::byte last_of(int rank) {
  return static_cast<std::byte>(rank + 101);
}

/// This rank's bytes with its own first and last; the place, as a message.
Bytes written(std::int64_t size) {
  const auto space = shareable_memory().allocate(size);
  EXPECT_TRUE(space.has_value());
  space->front() = first_of(world().rank());
  space->back() = last_of(world().rank());
  const Place place = place_of(*space);
  const auto bytes = std::as_bytes(std::span(&place, 1));
  return {bytes.begin(), bytes.end()};
}

TEST(NodeMemory, IsReadByTheRootWhereItLies) {
  NodeMemory memory(world());
  EXPECT_FALSE(memory.reaches(0)) << "the root's own";
  for (int rank = 1; rank < world().size(); ++rank) EXPECT_TRUE(memory.reaches(rank));
  for (const std::int64_t size : sizes) {
    const std::vector<Bytes> places = world().gather(written(size));
    for (int rank = 1; rank < std::ssize(places); ++rank) {
      Place place;
      std::memcpy(&place, places[static_cast<std::size_t>(rank)].data(), sizeof place);
      const Piece piece = memory.at(rank, place);
      ASSERT_EQ(std::ssize(piece), size);
      EXPECT_EQ(piece.front(), first_of(rank));
      EXPECT_EQ(piece.back(), last_of(rank));
      EXPECT_EQ(memory.at(rank, place).data(), piece.data()) << "mapped again";
    }
    world().barrier();
  }
}

TEST(NodeMemory, OfSomeRanksIsKnownToAll) {
  const NodeMemory memory(world(), world().rank() % 2 == 1);
  for (int rank = 0; rank < world().size(); ++rank) {
    EXPECT_EQ(memory.reaches(rank), rank % 2 == 1) << rank;
  }
}

}  // namespace
}  // namespace scalelaw::driver
