#include "harness/machine/cores.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/cpu_list.hpp"
#include "common/error.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << "\n";
}

/// A machine of `cores` cores of two hardware threads each: c and c + cores.
class PretendedMachine {
 public:
  explicit PretendedMachine(int cores) {
    const fs::path cpus = folder_.path() / "sys/devices/system/cpu";
    write(cpus / "online", "0-" + std::to_string(2 * cores - 1));
    for (int cpu = 0; cpu < 2 * cores; ++cpu) {
      const int core = cpu % cores;
      write(cpus / ("cpu" + std::to_string(cpu)) / "topology/thread_siblings_list",
            std::to_string(core) + "," + std::to_string(core + cores));
    }
  }
  void file(const std::string& path, const std::string& text) const {
    write(folder_.path() / path, text);
  }
  [[nodiscard]] Cores find(const std::string& mask) const {
    return find_cores(folder_.path().string(), mask);
  }

 private:
  TemporaryFolder folder_;
};

TEST(CpuList, IsReadAndWritten) {
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11\n"), (std::vector<int>{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(parse_cpu_list(""), std::vector<int>{});
  EXPECT_EQ(format_cpu_list({0, 1, 2, 3, 8, 10, 11}), "0-3,8,10-11");
  EXPECT_EQ(format_cpu_list({}), "");
  for (const char* bad : {"a", "3-1", "1,,2", "-1", "1-", "0x3", "0-9999999999"}) {
    EXPECT_THROW(parse_cpu_list(bad), Error) << bad;
  }
}

TEST(FindCores, CountsSiblingsAsOneCore) {
  const PretendedMachine machine(64);
  EXPECT_EQ(machine.find("0-127").usable(), 64);
  EXPECT_EQ(machine.find("0-127").describe(), "64 of 64 cores allowed");
  EXPECT_EQ(machine.find("0,64").usable(), 1);
  EXPECT_EQ(machine.find("0-1").describe(), "2 of 64 cores allowed (affinity mask)");
  EXPECT_EQ(machine.find("0,64").allowed, (std::vector<Core>{{0, 64}}));
  EXPECT_EQ(machine.find("64").allowed, (std::vector<Core>{{64}}));
}

TEST(FindCores, HeedsTheQuotaOfControlGroupsVersion2) {
  const PretendedMachine machine(64);
  machine.file("proc/self/cgroup", "0::/users/me/job");
  machine.file("sys/fs/cgroup/users/me/job/cpu.max", "max 100000");
  EXPECT_EQ(machine.find("0-127").usable(), 64);
  machine.file("sys/fs/cgroup/users/cpu.max", "250000 100000");  // a parent's counts too
  EXPECT_EQ(machine.find("0-127").usable(), 2);
  EXPECT_EQ(machine.find("0-127").describe(),
            "2 of 64 cores allowed (quota of the control group: 2.5 CPUs)");
  machine.file("sys/fs/cgroup/users/me/job/cpu.max", "50000 100000");
  EXPECT_EQ(machine.find("0-127").usable(), 1);  // never none
  EXPECT_EQ(machine.find("0-127").quota, 0.5);
}

TEST(FindCores, HeedsTheQuotaOfControlGroupsVersion1) {
  const PretendedMachine machine(8);
  machine.file("proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/box\n1:name=systemd:/y");
  machine.file("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1");
  machine.file("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000");
  EXPECT_EQ(machine.find("0-15").usable(), 8);
  machine.file("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "300000");
  EXPECT_EQ(machine.find("0-15").usable(), 3);
  EXPECT_EQ(machine.find("0-1").usable(), 2);  // the mask is narrower
}

TEST(FindCores, TakesAMachineThatTellsNothingAtItsMask) {
  const TemporaryFolder nothing;
  EXPECT_EQ(find_cores(nothing.path().string(), "0-3").usable(), 4);
}

TEST(FindCores, FindsThisMachine) {
  const Cores cores = find_cores();
  EXPECT_GE(cores.usable(), 1);
  EXPECT_GE(cores.all.size(), cores.allowed.size());
}

}  // namespace
}  // namespace scalelaw::harness
