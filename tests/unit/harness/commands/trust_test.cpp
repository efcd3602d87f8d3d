#include "harness/commands/trust.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/error.hpp"
#include "harness/config/parse.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

Campaign campaign(const std::string& keys) {
  return parse_campaign("[campaign]\nname = \"c\"\n[[driver]]\nname = \"app\"\n" + keys +
                            "\n[[experiment]]\ndriver = \"app\"\n",
                        "x.toml");
}

const std::string command = "command = [\"./app\", \"a b\"]";

class Trust : public testing::Test {
 protected:
  Trust() { setenv("XDG_CONFIG_HOME", folder_.path().c_str(), 1); }
  ~Trust() override { unsetenv("XDG_CONFIG_HOME"); }
  TemporaryFolder folder_;
};

TEST_F(Trust, IsNotGivenWithoutBeingAsked) {
  try {
    require_trust(campaign(command), Runs::all, false);
    FAIL();
  } catch (const Error& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("app: ./app 'a b'"), std::string::npos) << what;
    EXPECT_NE(error.hint().find("--yes"), std::string::npos);
    EXPECT_NE(error.hint().find(digest_of(campaign(command).drivers[0])), std::string::npos);
    EXPECT_NE(error.hint().find("scalelaw/trusted"), std::string::npos);
  }
}

TEST_F(Trust, IsGivenOnTheCommandLineOrByADigest) {
  EXPECT_NO_THROW(require_trust(campaign(command), Runs::all, true));
  EXPECT_FALSE(is_trusted(campaign(command).drivers[0])) << "for that time only";
  std::filesystem::create_directories(trusted_file().parent_path());
  std::ofstream(trusted_file()) << "# mine\n"
                                << digest_of(campaign(command).drivers[0]) << "  app\n";
  EXPECT_TRUE(is_trusted(campaign(command).drivers[0]));
  EXPECT_NO_THROW(require_trust(campaign(command), Runs::all, false));
  // Whatever else would run is another matter.
  EXPECT_THROW(require_trust(campaign(command + "\nsetup = \"rm\""), Runs::all, false), Error);
}

TEST_F(Trust, IsOnlyNeededForWhatRuns) {
  EXPECT_NO_THROW(require_trust(campaign(command), Runs::descriptions, false));
  // A program that describes itself runs for it.
  EXPECT_THROW(require_trust(campaign("program = \"./x\""), Runs::descriptions, false), Error);
  EXPECT_NO_THROW(require_trust({}, Runs::all, false));
}

TEST_F(Trust, IsOfOneDefinitionInOneFolder) {
  const std::string one = digest_of(campaign(command).drivers[0]);
  EXPECT_EQ(one.size(), 64U);
  EXPECT_EQ(one, digest_of(campaign(command).drivers[0]));
  for (const char* more : {"env = { A = \"1\" }", "folder = \"/\"", "time = \"(.)\"",
                           "teardown = \"rm\"", "model = { ranked = true }"}) {
    EXPECT_NE(digest_of(campaign(command + "\n" + more).drivers[0]), one) << more;
  }
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  EXPECT_NE(digest_of(campaign(command).drivers[0]), one);
  std::filesystem::current_path(here);
}

TEST_F(Trust, ShowsAllThatRuns) {
  const auto lines = shown(campaign(command + "\nsetup = [\"make\", \"it\"]\nfolder = \"/tmp\"\n"
                                              "env = { A = \"1\" }\nteardown = \"rm\"")
                               .drivers[0]);
  EXPECT_EQ(lines, (std::vector<std::string>{"app: ./app 'a b'", "  before each launch: make it",
                                             "  after each launch: rm", "  in the folder: /tmp",
                                             "  with A=1"}));
}

TEST_F(Trust, ShowsWhatTellsACommandItsThreads) {
  const std::string threaded = "\nmodel = { threaded = true }";
  const std::vector<std::string> lines = shown(campaign(command + threaded).drivers[0]);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[1].find("as OMP_NUM_THREADS says"), std::string::npos) << lines[1];
  const std::string told = "\nenv = { N = \"{threads}\" }";
  EXPECT_EQ(shown(campaign(command + threaded + told).drivers[0]).size(), 2U);
  EXPECT_EQ(shown(campaign(command + threaded + told).drivers[0])[1], "  with N={threads}");
  EXPECT_EQ(shown(campaign("command = [\"./app\", \"{threads}\"]" + threaded).drivers[0]).size(),
            1U);
}

}  // namespace
}  // namespace scalelaw::harness
