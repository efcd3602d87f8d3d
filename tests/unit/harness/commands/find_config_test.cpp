#include "harness/commands/find_config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "common/error.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

class FindConfig : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"weak.toml", "laptop.toml", "README.md"}) std::ofstream(own_ / name);
  }
  /// The path of what `given` names.
  std::string found(const std::string& given) { return find_config(given, own_.path()); }

  TemporaryFolder own_;
};

TEST_F(FindConfig, TakesTheNameOfOneThatIsThere) {
  EXPECT_EQ(found("laptop"), own_ / "laptop.toml");
}

TEST_F(FindConfig, LeavesPathsAsTheyAre) {
  for (const std::string path : {"laptop.toml", "./laptop", "configs/none.toml", ""}) {
    EXPECT_EQ(found(path), path);
  }
  EXPECT_EQ(found(own_ / "README.md"), own_ / "README.md");
}

TEST_F(FindConfig, PrefersAFileOfTheCurrentFolder) {
  const TemporaryFolder current;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(current.path());
  std::ofstream("laptop").close();
  EXPECT_EQ(found("laptop"), "laptop");
  std::filesystem::current_path(before);
}

TEST_F(FindConfig, NamesTheNearestForAWrongName) {
  try {
    (void)found("laptob");
    FAIL() << "it must be refused";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there is no config 'laptob'");
    EXPECT_EQ(error.hint(), "did you mean 'laptop'?");
  }
  EXPECT_THROW((void)found("something-else"), Error);
}

TEST_F(FindConfig, ListsConfigsAloneByName) {
  const std::vector<OwnConfig> configs = configs_in(own_.path());
  ASSERT_EQ(configs.size(), 2U);
  EXPECT_EQ(configs[0].name, "laptop");
  EXPECT_EQ(configs[1].name, "weak");
  EXPECT_EQ(configs[1].path, own_ / "weak.toml");
  EXPECT_TRUE(configs_in(own_.path() / "none").empty());
}

}  // namespace
}  // namespace scalelaw::harness
