#include "drivers/comm/node_memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

/// The soft limit on open files, until this object ends.
class FileLimit {
 public:
  explicit FileLimit(rlim_t files) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit tight{files, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// Even with the mark in it: the process may be another one of the same number.
TEST(OpenOffered, OpensNoFileOfAnotherName) {
  MemoryOffer offer = offer_memory();
  const int file = memfd_create("other", MFD_CLOEXEC);
  ASSERT_GE(file, 0);
  ASSERT_EQ(pwrite(file, offer.mark.data(), sizeof offer.mark, offer.offset),
            static_cast<ssize_t>(sizeof offer.mark));
  offer.descriptor = file;
  EXPECT_FALSE(is_found(offer));
  close(file);
}

/// As on a host with about as many ranks as a process may open files.
TEST(OpenAllOffered, LeavesHalfOfTheFilesToOthers) {
  const std::vector<MemoryOffer> offers(100, offer_memory());
  const FileLimit limit(60);
  const std::vector<int> files = open_all_offered(offers);
  const std::int64_t opened = std::ranges::count_if(files, [](int file) { return file >= 0; });
  std::vector<int> others;
  for (int file = 0; (file = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) others.push_back(file);
  for (const int file : others) close(file);
  for (const int file : files) {
    if (file >= 0) close(file);
  }
  EXPECT_EQ(files.size(), offers.size());
  EXPECT_GE(opened, 10);
  EXPECT_GE(std::ssize(others), opened);
}

TEST(OpenAllOffered, OpensAllWhereThereAreEnough) {
  MemoryOffer other = offer_memory();
  other.mark[0] ^= 1;
  const std::vector<int> files = open_all_offered({offer_memory(), other, offer_memory()});
  ASSERT_EQ(files.size(), 3U);
  EXPECT_GE(files[0], 0);
  EXPECT_EQ(files[1], -1);
  EXPECT_GE(files[2], 0);
  close(files[0]);
  close(files[2]);
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
