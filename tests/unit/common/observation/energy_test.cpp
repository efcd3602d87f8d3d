#include "common/observation/energy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "common/error.hpp"
#include "support/message.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw {
namespace {

namespace fs = std::filesystem;

/// A pretended /sys/class/powercap.
class Powercap {
 public:
  void zone(const std::string& folder, const std::string& name, const std::string& energy_uj) {
    fs::create_directory(path() / folder);
    std::ofstream(path() / folder / "name") << name << "\n";
    std::ofstream(path() / folder / "max_energy_range_uj") << "1000000000\n";
    set(folder, energy_uj);
  }
  void set(const std::string& folder, const std::string& energy_uj) {
    std::ofstream(path() / folder / "energy_uj") << energy_uj << "\n";
  }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST(EnergyMeter, AddsUpThePackagesAndTheMemory) {
  Powercap there;
  there.zone("intel-rapl:0", "package-0", "5000000");
  there.zone("intel-rapl:0:0", "core", "1");
  there.zone("intel-rapl:0:1", "dram", "2000000");
  there.zone("intel-rapl:1", "package-1", "0");
  there.zone("intel-rapl:2", "psys", "7");
  there.zone("intel-rapl-mmio:0", "package-0", "5000000");
  EnergyMeter meter(there.path());
  EXPECT_EQ(meter.zones(), "package-0, dram, package-1");
  EXPECT_EQ(meter.joules(), 0);
  there.set("intel-rapl:0", "8000000");
  there.set("intel-rapl:0:0", "2000000");  // a part of its package
  there.set("intel-rapl:0:1", "2500000");
  there.set("intel-rapl:1", "1000000");
  there.set("intel-rapl:2", "9000000");       // the board, which counts the packages again
  there.set("intel-rapl-mmio:0", "8000000");  // the first package, in another way
  EXPECT_DOUBLE_EQ(meter.joules(), 3 + 0.5 + 1);
}

TEST(EnergyMeter, GoesOnWhereACounterBeginsAnew) {
  Powercap there;
  there.zone("intel-rapl:0", "package-0", "999000000");
  EnergyMeter meter(there.path());
  there.set("intel-rapl:0", "2000000");
  EXPECT_DOUBLE_EQ(meter.joules(), 3);
  there.set("intel-rapl:0", "4000000");
  EXPECT_DOUBLE_EQ(meter.joules(), 5);
  EXPECT_EQ(counted(990, 10, 1000), 20);
  EXPECT_EQ(counted(10, 990, 1000), 980);
}

TEST(EnergyMeter, IsUnknownWhenACounterCannotBeReadAnyMore) {
  Powercap there;
  there.zone("intel-rapl:0", "package-0", "5");
  EnergyMeter meter(there.path());
  there.set("intel-rapl:0", "");
  EXPECT_TRUE(std::isnan(meter.joules()));
}

TEST(EnergyMeter, SaysWhyThereIsNone) {
  EXPECT_NE(message_of([] { EnergyMeter("/nowhere"); }).find("shows no energy counters"),
            std::string::npos);
  Powercap there;
  there.zone("intel-rapl:0", "psys", "5");
  EXPECT_NE(message_of([&] { EnergyMeter meter(there.path()); }).find("shows no energy counters"),
            std::string::npos);
  there.zone("intel-rapl:1", "package-0", "5");
  fs::remove(there.path() / "intel-rapl:1" / "energy_uj");  // as if only root might open it
  try {
    EnergyMeter meter(there.path());
    FAIL() << "it has no counter";
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("chmod a+r"), std::string::npos) << error.hint();
  }
  there.zone("intel-rapl:1", "package-0", "no number");
  EXPECT_NE(message_of([&] { EnergyMeter meter(there.path()); }).find("holds no number"),
            std::string::npos);
}

}  // namespace
}  // namespace scalelaw
