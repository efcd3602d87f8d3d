#include "common/memory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw {
namespace {

constexpr std::int64_t mib = 1 << 20;

/// A root folder with the files of /proc and /sys that tell about memory.
class Memory : public testing::Test {
 protected:
  void SetUp() override {
    write("proc/meminfo", "MemTotal:  8000000 kB\nMemAvailable:  4096000 kB\n");  // 4000 MiB
  }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void write(const std::string& name, std::int64_t number) const {
    write(name, std::to_string(number) + "\n");
  }
  /// MiB available, or -1.
  [[nodiscard]] std::int64_t available() const {
    const auto bytes = available_memory_bytes(folder_.path());
    return bytes ? *bytes / mib : -1;
  }

  TemporaryFolder folder_;
};

TEST_F(Memory, IsTheKernelsEstimateWithoutALimit) {
  EXPECT_EQ(available(), 4000);
  write("proc/self/cgroup", "0::/user.slice\n");
  EXPECT_EQ(available(), 4000);
  write("sys/fs/cgroup/user.slice/memory.max", "max\n");
  write("sys/fs/cgroup/user.slice/memory.current", 100 * mib);
  EXPECT_EQ(available(), 4000);
}

TEST_F(Memory, OfVersion2CountsCacheAsAvailable) {
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/memory.max", 600 * mib);
  write("sys/fs/cgroup/job/memory.current", 580 * mib);
  EXPECT_EQ(available(), 20);
  write("sys/fs/cgroup/job/memory.stat",
        "anon " + std::to_string(20 * mib) + "\nfile " + std::to_string(560 * mib) +
            "\ninactive_file " + std::to_string(500 * mib) + "\nactive_file " +
            std::to_string(50 * mib) + "\nslab_reclaimable " + std::to_string(5 * mib) +
            "\nslab_unreclaimable " + std::to_string(3 * mib) + "\n");
  EXPECT_EQ(available(), 575);
}

TEST_F(Memory, OfVersion1CountsCacheAsAvailable) {
  write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/job/step\n0::/\n");
  const std::string group = "sys/fs/cgroup/memory/job/step/";
  write(group + "memory.limit_in_bytes", 300 * mib);
  write(group + "memory.usage_in_bytes", 290 * mib);
  write(group + "memory.stat", "inactive_file 1\ntotal_inactive_file " + std::to_string(200 * mib) +
                                   "\ntotal_active_file " + std::to_string(70 * mib) + "\n");
  EXPECT_EQ(available(), 280);
}

TEST_F(Memory, EveryGroupAboveCounts) {
  write("proc/self/cgroup", "0::/a/b/c\n");
  write("sys/fs/cgroup/a/b/c/memory.max", 900 * mib);
  write("sys/fs/cgroup/a/b/memory.max", "max\n");
  write("sys/fs/cgroup/a/memory.max", 500 * mib);
  write("sys/fs/cgroup/a/memory.current", 450 * mib);
  EXPECT_EQ(available(), 50);
  write("sys/fs/cgroup/memory.max", 40 * mib);  // as in a container: its own group is the top
  EXPECT_EQ(available(), 40);
  write("proc/self/cgroup", "4:memory:/a/b\n");
  write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", std::int64_t{9223372036854771712});
  write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", 70 * mib);
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", 60 * mib);
  EXPECT_EQ(available(), 60);
}

TEST_F(Memory, OfAContainerIsFoundThoughItsPathIsTheHosts) {
  write("proc/self/cgroup", "4:memory:/docker/0123abcd\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", 256 * mib);
  EXPECT_EQ(available(), 256);
  write("proc/self/cgroup", "0::/../other\n");
  write("sys/fs/cgroup/memory.max", 128 * mib);
  EXPECT_EQ(available(), 128);
}

TEST_F(Memory, NeverExceedsWhatTheMachineHasNorFallsBelowZero) {
  write("proc/self/cgroup", "0::/job\n");
  write("sys/fs/cgroup/job/memory.max", 100'000 * mib);
  EXPECT_EQ(available(), 4000);
  write("sys/fs/cgroup/job/memory.max", 10 * mib);
  write("sys/fs/cgroup/job/memory.current", 12 * mib);
  EXPECT_EQ(available(), 0);
  write("sys/fs/cgroup/job/memory.stat", "inactive_file " + std::to_string(50 * mib) + "\n");
  EXPECT_EQ(available(), 10);  // never more than the limit
}

TEST_F(Memory, GarbageSetsNoLimit) {
  for (const char* text : {"", "garbage", "-5", "99999999999999999999999", "max"}) {
    write("proc/self/cgroup", "no colon\n:\n0::/job\n");
    write("sys/fs/cgroup/job/memory.max", text);
    write("sys/fs/cgroup/job/memory.current", "junk");
    write("sys/fs/cgroup/job/memory.stat", "inactive_file many\n\n7\n");
    EXPECT_EQ(available(), 4000) << text;
  }
  write("proc/meminfo", "nothing here\n");
  EXPECT_EQ(available(), -1);
  write("sys/fs/cgroup/job/memory.max", 30 * mib);
  EXPECT_EQ(available(), 30);
}

TEST(MemoryOfThisMachine, IsKnown) {
  const auto bytes = available_memory_bytes();
  ASSERT_TRUE(bytes);
  EXPECT_GT(*bytes, 0);
}

}  // namespace
}  // namespace scalelaw
