#include "drivers/paradigms/uncached_file.hpp"

#include <gtest/gtest.h>
#include <sys/vfs.h>

#include <filesystem>
#include <fstream>

#include "kernels/numerics/buffer.hpp"
#include "support/message.hpp"

namespace scalelaw::driver {
namespace {

using paradigms::Reading;

/// A folder in which the tests of this machine may have such files, if there is one.
std::string disk_folder(Reading reading) {
  for (const char* folder : {"/var/tmp", "/tmp", "."}) {
    if (!UncachedFile::fault(folder, reading)) return folder;
  }
  return {};
}

TEST(UncachedFile, GivesBackWhatWasWrittenAndHasNoName) {
  constexpr std::int64_t bytes = (1 << 20) + 3 * UncachedFile::block_bytes;
  for (const Reading reading : {Reading::direct, Reading::dropped}) {
    const std::string folder = disk_folder(reading);
    if (folder.empty()) GTEST_SKIP() << "no folder here is on a disk";
    std::int64_t filled = 0;
    const UncachedFile file(folder, reading, bytes,
                            [&](std::int64_t offset, std::span<std::byte> part) {
                              EXPECT_EQ(offset, filled);
                              filled += static_cast<std::int64_t>(part.size());
                              for (std::size_t i = 0; i < part.size(); ++i) {
                                const std::size_t at = static_cast<std::size_t>(offset) + i;
                                part[i] = static_cast<std::byte>(at / 8192 + at % 251);
                              }
                            });
    EXPECT_EQ(filled, bytes);
    const Buffer buffer(2 * UncachedFile::block_bytes);
    for (const std::int64_t block : {0, 5, 129}) {
      const std::int64_t offset = block * UncachedFile::block_bytes;
      const std::span<std::byte> part(buffer.data(), static_cast<std::size_t>(buffer.size()));
      file.read(offset, part);
      for (const std::size_t i : {std::size_t{0}, std::size_t{8191}, std::size_t{16383}}) {
        const std::size_t at = static_cast<std::size_t>(offset) + i;
        EXPECT_EQ(part[i], static_cast<std::byte>(at / 8192 + at % 251)) << at;
      }
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      EXPECT_EQ(entry.path().filename().string().find("scalelaw-task-batch"), std::string::npos);
    }
  }
}

TEST(UncachedFile, IsRefusedWhereThereIsNoDisk) {
  struct statfs system {};
  if (statfs("/dev/shm", &system) != 0 || system.f_type != 0x01021994) {
    GTEST_SKIP() << "/dev/shm is not in memory here";
  }
  const auto nothing = [](std::int64_t, std::span<std::byte>) {};
  for (const Reading reading : {Reading::direct, Reading::dropped}) {
    EXPECT_EQ(message_of([&] { UncachedFile("/dev/shm", reading, 8192, nothing); }),
              "/dev/shm is in memory, so disk tasks would read no disk");
    ASSERT_TRUE(UncachedFile::fault("/dev/shm", reading));
  }
}

TEST(UncachedFile, IsRefusedInAFolderThatIsNotThere) {
  const auto nothing = [](std::int64_t, std::span<std::byte>) {};
  EXPECT_EQ(message_of([&] { UncachedFile("/no/folder", Reading::direct, 8192, nothing); }),
            "cannot use the folder /no/folder: No such file or directory");
  const auto fault = UncachedFile::fault("/no/folder", Reading::dropped);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->hint(), "name a folder on a disk with --folder");
}

TEST(UncachedFile, BeyondItsEndIsARunFailure) {
  const std::string folder = disk_folder(Reading::dropped);
  if (folder.empty()) GTEST_SKIP() << "no folder here is on a disk";
  const UncachedFile file(folder, Reading::dropped, 8192,
                          [](std::int64_t, std::span<std::byte>) {});
  const Buffer buffer(8192);
  EXPECT_NE(message_of([&] {
              file.read(8192, {buffer.data(), 8192});
            }).find("it ends too early"),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw::driver
