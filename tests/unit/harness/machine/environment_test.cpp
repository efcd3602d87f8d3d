#include "harness/machine/environment.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << "\n";
}

TEST(Environment, SaysWhatTheSystemSays) {
  const TemporaryFolder folder;
  const fs::path& root = folder.path();
  write(root / "proc/cpuinfo",
        "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 9999\nmicrocode : 0x1\n"
        "cpu MHz\t\t: 2400.1\nflags\t\t: fpu avx2 hypervisor\n");
  write(root / "proc/meminfo",
        "MemTotal:       1000 kB\nMemAvailable:    500 kB\nHugePages_Total: 3\n");
  write(root / "sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  write(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  write(root / "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave");
  write(root / "sys/devices/system/cpu/cpufreq/boost", "1");
  write(root / "sys/hypervisor/type", "kvm");
  write(root / "etc/os-release", "NAME=\"X\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"");
  write(root / "proc/loadavg", "0.50 0.40 0.30 2/100 1234");
  write(root / "proc/cmdline", "root=/dev/vda password=hunter2 isolcpus=1 mitigations=off");
  const Environment found = capture_environment(root.string(), nullptr);
  const std::map<std::string, std::string> expected{
      {"cpu.model", "AMD EPYC 9999"},
      {"cpu.vendor", "AuthenticAMD"},
      {"cpu.governor", "performance, powersave"},
      {"cpu.boost", "1"},
      {"memory.total_bytes", "1024000"},
      {"memory.available_bytes", "512000"},
      {"huge_pages.transparent", "madvise"},
      {"huge_pages.reserved", "3"},
      {"os.name", "Debian GNU/Linux 12"},
      {"os.virtual_machine", "kvm"},
      {"os.timing_settings", "isolcpus=1 mitigations=off"},
      {"load.1_minute", "0.50"},
      {"load.tasks_running_of_all", "2/100"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(found.at(name), value) << name;
}

TEST(Environment, SaysUnknownOfWhatTheSystemDoesNotSay) {
  const TemporaryFolder nothing;
  const Environment found = capture_environment(nothing.path().string(), nullptr);
  for (const char* name :
       {"cpu.model", "cpu.governor", "cpu.boost", "memory.total_bytes", "huge_pages.transparent",
        "os.clock_source", "os.virtual_machine", "numa.nodes", "load.1_minute", "cpu.microcode"}) {
    EXPECT_EQ(found.at(name), "unknown") << name;
  }
  for (const auto& [name, value] : found) EXPECT_FALSE(value.empty()) << name;
}

TEST(Environment, HasTheSameNamesOnEveryMachine) {
  const TemporaryFolder nothing;
  const Environment here = capture_environment({}, nullptr);
  const Environment there = capture_environment(nothing.path().string(), nullptr);
  for (const auto& [name, value] : here) EXPECT_TRUE(there.contains(name)) << name;
  EXPECT_NE(here.at("library.hwloc"), "unknown");
  EXPECT_NE(here.at("topology.synthetic"), "unknown");
  EXPECT_NE(here.at("os.kernel").find("Linux"), std::string::npos);
}

TEST(CaptureVariable, KnowsTheNamesThatMatterAndNoOthers) {
  for (const char* name :
       {"OMP_PLACES", "SLURM_JOB_ID", "OMPI_MCA_btl", "OMPI_MCA_btl_tcp_if_include",
        "OMPI_MCA_mpi_yield_when_idle", "LD_LIBRARY_PATH"}) {
    EXPECT_TRUE(capture_variable(name)) << name;
  }
  for (const char* name :
       {"SLURM_JWT", "OMP_SECRET", "AWS_SECRET_ACCESS_KEY", "OMPI_MCA_sec_munge_key", "HOME",
        "PATH", "OMPI_MCA_", "OMPI_MCA_btlx", "PMIX_SECURITY_MODE", "GITHUB_TOKEN", "", "SLURM_"}) {
    EXPECT_FALSE(capture_variable(name)) << name;
  }
}

TEST(Environment, KeepsNoSecretOfTheProcessEnvironment) {
  const char* variables[] = {"OMP_PLACES=cores",
                             "SLURM_JWT=secret-1",
                             "API_TOKEN=secret-2",
                             "OMP_PROC_BIND=close=x",
                             "BROKEN",
                             nullptr};
  const Environment found = capture_environment({}, variables);
  EXPECT_EQ(found.at("env.OMP_PLACES"), "cores");
  EXPECT_EQ(found.at("env.OMP_PROC_BIND"), "close=x");
  for (const auto& [name, value] : found) {
    EXPECT_EQ(value.find("secret-"), std::string::npos) << name;
    EXPECT_EQ(name.find("BROKEN"), std::string::npos);
  }
}

TEST(DriverEnvironment, HoldsACalibrationAndTheSameOneKeptForOne) {
  Results results;
  for (const char* source : {"calibration", "kept calibration"}) {
    results.launches.emplace_back().header = {
        {"tuning", {{"loop", "dot_f32"}, {"prefetch_bytes", 512}, {"source", source}}}};
  }
  add_driver_environment(results);
  EXPECT_EQ(results.environment.at("driver.tuning"), "dot_f32 512 bytes ahead (calibration)");
}

TEST(DriverEnvironment, GivesEveryAnswerOnce) {
  Results results;
  for (const char* flags : {"-O3", "-O2", "-O3"}) {
    Launch& launch = results.launches.emplace_back();
    launch.header = {
        {"isa", "avx2"},
        {"tuning", {{"loop", "dot_f32"}, {"prefetch_bytes", 2048}, {"source", "zen3"}}},
        {"build", {{"flags", flags}, {"mpi", ""}}},
        {"mpi", nullptr},
        {"timer", {{"name", "steady_clock"}, {"resolution_s", 1e-9}}}};
  }
  results.launches.emplace_back();  // crashed before its header
  add_driver_environment(results);
  EXPECT_EQ(results.environment.at("driver.build.flags"), "-O2 | -O3");
  EXPECT_EQ(results.environment.at("driver.build.mpi"), "unknown");
  EXPECT_EQ(results.environment.at("driver.isa"), "avx2");
  EXPECT_EQ(results.environment.at("driver.tuning"), "dot_f32 2048 bytes ahead (zen3)");
  EXPECT_EQ(results.environment.at("driver.timer.name"), "steady_clock");
  EXPECT_EQ(results.environment.count("driver.timer.resolution_s"), 0U);
}

}  // namespace
}  // namespace scalelaw::harness
