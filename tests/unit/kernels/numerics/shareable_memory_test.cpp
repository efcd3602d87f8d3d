#include "kernels/numerics/shareable_memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace scalelaw {
namespace {

/// What another process would read at this place of the file.
std::byte read_back(const ShareableMemory& memory, const std::byte* address) {
  std::byte out{};
  EXPECT_EQ(pread(memory.descriptor(), &out, 1, memory.offset_of(address).value_or(-1)), 1);
  return out;
}

TEST(ShareableMemory, IsReadThroughItsFile) {
  ShareableMemory memory;
  EXPECT_EQ(memory.descriptor(), -1);
  const auto first = memory.allocate(10), second = memory.allocate(5000);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->size(), 10U);
  EXPECT_EQ(second->size(), 5000U);
  first->back() = std::byte{7};
  second->back() = std::byte{8};
  EXPECT_EQ(read_back(memory, &first->back()), std::byte{7});
  EXPECT_EQ(read_back(memory, &second->back()), std::byte{8});
}

TEST(ShareableMemory, LiesInOneSlabOrAtTheStartOfItsOwn) {
  constexpr std::int64_t slab = ShareableMemory::slab_bytes;
  ShareableMemory memory;
  for (const std::int64_t bytes :
       {slab / 2 + 1, slab / 2, slab / 2, slab - 1, slab, 3 * slab + 1}) {
    const auto space = memory.allocate(bytes);
    ASSERT_TRUE(space.has_value());
    space->back() = std::byte{1};  // it can be written
    const std::int64_t offset = memory.offset_of(space->data()).value_or(-1);
    const std::int64_t last = memory.offset_of(&space->back()).value_or(-1);
    EXPECT_EQ(last, offset + bytes - 1);
    if (bytes > slab) {
      EXPECT_EQ(offset % slab, 0);
    } else {
      EXPECT_EQ(offset / slab, last / slab);
    }
  }
}

TEST(ShareableMemory, KnowsWhatItDoesNotHave) {
  ShareableMemory memory;
  std::array<std::byte, 8> other{};
  EXPECT_FALSE(memory.offset_of(other.data()).has_value());
  ASSERT_TRUE(memory.allocate(8).has_value());
  EXPECT_FALSE(memory.offset_of(other.data()).has_value());
}

TEST(ShareableMemory, IsNothingWhereTheSystemRefuses) {
  ShareableMemory memory;
  EXPECT_FALSE(memory.allocate(std::int64_t{1} << 62).has_value());
  EXPECT_TRUE(memory.allocate(100).has_value()) << "after a refusal";
}

/// How the process ends that allocates 100 bytes where a file may have `limit`: its wait status.
int end_where_a_file_may_have(rlim_t limit) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit tight{limit, limit};
    if (setrlimit(RLIMIT_FSIZE, &tight) != 0) _exit(2);
    ShareableMemory memory;
    _exit(memory.allocate(100) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

/// `ulimit -f`: a file that grows beyond it would end the process by SIGXFSZ.
TEST(ShareableMemory, IsNothingWhereFilesMayNotBeSoLong) {
  constexpr rlim_t slab = ShareableMemory::slab_bytes;
  for (const rlim_t limit : {rlim_t{0}, slab - 1, slab}) {
    const int status = end_where_a_file_may_have(limit);
    ASSERT_TRUE(WIFEXITED(status)) << limit << ": signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), limit < slab ? 1 : 0) << limit;
  }
}

}  // namespace
}  // namespace scalelaw
