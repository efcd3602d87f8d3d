#include "harness/process/own_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "own_paths.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class OwnFilesTest : public testing::Test {
 protected:
  /// A prefix as it is installed; its folder of programs.
  fs::path install(const std::string& prefix) {
    const fs::path programs = at(prefix) / "bin";
    fs::create_directories(programs);
    fs::create_directories(programs / own_paths::data / "configs");
    return programs;
  }
  fs::path at(const std::string& path) { return folder_ / path; }

  TemporaryFolder folder_;
};

TEST_F(OwnFilesTest, OfAnInstalledProgramAreInItsPrefix) {
  const fs::path programs = install("prefix");
  const OwnFiles own = find_own_files(programs / "scalelaw", at(""));
  EXPECT_TRUE(own.installed);
  EXPECT_EQ(own.configs, at("prefix/share/scalelaw/configs"));
  EXPECT_EQ(own.python, at("prefix/share/scalelaw/python"));
  EXPECT_EQ(own.requirements, at("prefix/share/scalelaw/requirements-figures.txt"));
  EXPECT_EQ(own.drivers, (programs / own_paths::drivers).lexically_normal());
  EXPECT_EQ(own.environment, (programs / own_paths::libraries).lexically_normal() / "venv");
  EXPECT_EQ(own.docs, at("prefix/share/doc/scalelaw/docs"));
}

TEST_F(OwnFilesTest, FollowThePrefix) {
  install("prefix");
  fs::rename(at("prefix"), at("moved here"));
  const OwnFiles own = find_own_files(at("moved here/bin/scalelaw"), at(""));
  EXPECT_TRUE(own.installed);
  EXPECT_EQ(own.configs, at("moved here/share/scalelaw/configs"));
}

TEST_F(OwnFilesTest, OfAnInstalledProgramAreNotThoseOfATreeAroundIt) {
  fs::create_directories(at("source/configs"));
  const fs::path programs = install("source/prefix");
  const OwnFiles own = find_own_files(programs / "scalelaw", at("source"));
  EXPECT_EQ(own.configs, at("source/prefix/share/scalelaw/configs"));
}

TEST_F(OwnFilesTest, OfABuiltProgramAreThoseOfItsTree) {
  fs::create_directories(at("source/configs"));
  fs::create_directories(at("source/scripts"));
  std::ofstream(at("source/scripts/requirements-figures.txt")) << "altair\n";
  fs::create_directories(at("source/docs/teaching"));
  fs::create_directories(at("source/build/docs/html"));  // the site, once it has been made
  fs::create_directories(at("source/build/ci/bin"));
  const OwnFiles own = find_own_files(at("source/build/ci/bin/scalelaw"), at(""));
  EXPECT_FALSE(own.installed);
  EXPECT_EQ(own.drivers, at("source/build/ci/bin"));
  EXPECT_EQ(own.configs, at("source/configs"));
  EXPECT_EQ(own.python, at("source/scripts"));
  EXPECT_EQ(own.environment, at("source/.venv"));
  EXPECT_EQ(own.docs, at("source/docs"));
}

TEST_F(OwnFilesTest, OfAProgramBuiltElsewhereAreThoseAboveTheCurrentFolder) {
  fs::create_directories(at("source/configs"));
  fs::create_directories(at("source/docs"));
  fs::create_directories(at("build/bin"));
  const OwnFiles own = find_own_files(at("build/bin/scalelaw"), at("source/docs"));
  EXPECT_EQ(own.configs, at("source/configs"));
}

TEST_F(OwnFilesTest, OfAProgramAloneAreItsDrivers) {
  fs::create_directories(at("alone"));
  const OwnFiles own = find_own_files(at("alone/scalelaw"), at("alone"));
  EXPECT_FALSE(own.installed);
  EXPECT_EQ(own.drivers, at("alone"));
  EXPECT_EQ(own.configs, fs::path());
  EXPECT_EQ(own.python, fs::path());
  EXPECT_EQ(own.environment, fs::path());
}

}  // namespace
}  // namespace scalelaw::harness
