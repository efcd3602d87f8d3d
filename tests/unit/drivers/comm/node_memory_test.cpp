#include "drivers/comm/node_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "kernels/numerics/shareable_memory.hpp"

namespace scalelaw::driver {
namespace {

bool is_found(const MemoryOffer& offer) {
  const int file = open_offered(offer);
  if (file >= 0) close(file);
  return file >= 0;
}

TEST(OpenOffered, FindsAFileByItsMark) {
  const MemoryOffer offer = offer_memory();
  ASSERT_GE(offer.descriptor, 0);
  EXPECT_TRUE(is_found(offer));
}

/// Such as that of a process with the same number on another host.
TEST(OpenOffered, RefusesAFileWithAnotherMark) {
  MemoryOffer offer = offer_memory();
  offer.mark[7] ^= 1;
  EXPECT_FALSE(is_found(offer));
  offer = offer_memory();
  offer.offset += std::int64_t{1} << 40;
  EXPECT_FALSE(is_found(offer)) << "beyond the end";
}

TEST(OpenOffered, RefusesWhatIsNoSuchFile) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  MemoryOffer offer = offer_memory();
  offer.descriptor = ends[0];
  EXPECT_FALSE(is_found(offer));
  for (const int end : ends) close(end);
  EXPECT_FALSE(is_found(offer)) << "a descriptor that is closed";
  EXPECT_FALSE(is_found({})) << "a process without such memory";
}

TEST(PlaceOf, IsKnownForShareableMemoryAlone) {
  const auto bytes = shareable_memory().allocate(100);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_GE(place_of(bytes->subspan(40)).offset, 40);
  EXPECT_EQ(place_of(bytes->subspan(40)).bytes, 60);
  std::array<std::byte, 10> other{};
  EXPECT_EQ(place_of(other).offset, -1);
}

}  // namespace
}  // namespace scalelaw::driver
