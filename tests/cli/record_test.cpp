#include <sys/stat.h>

#include <fstream>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

/// Drivers whose records are not what docs/record.md asks for.
class BadRecords : public Cli {
 protected:
  /// `scalelaw run` with a driver that runs the real one and then the shell script `spoil`.
  [[nodiscard]] Printed run(const std::string& spoil, const std::vector<std::string>& more = {}) {
    const std::string drivers = driver_that("\"$real\" \"$@\" || exit\n" + spoil);
    std::vector<std::string> words{
        "run", config("params = { operations = 1e6 }"), "-o", "out.h5", "--drivers", drivers};
    words.insert(words.end(), more.begin(), more.end());
    return scalelaw(words);
  }
};

TEST_F(BadRecords, CrashTheirLaunchAndNeverTheCampaign) {
  const std::pair<std::string, std::string> spoilt[] = {
      {R"(sed -i '1s/"timer":{[^}]*}/"timer":null/' "$report")",
       "`timer` must be an object, not null"},
      {R"(sed -i '1s/"batch":[0-9]*/"batch":"x"/' "$report")", "`batch` must be a whole number"},
      {R"(sed -i '2s/"items":[0-9]*/"items":-1/' "$report")",
       "`ranks[0].items` must be at least 0"},
      {R"(sed -i '3s/"verified":true/"verified":false/' "$report")", "the result did not verify"},
      {R"(rm "$report"; mkfifo "$report")", "the record cannot be read"},
      {R"(rm "$report"; ln -s /dev/zero "$report")", "the record cannot be read"},
      {R"(rm "$report"; mkdir "$report")", "the record cannot be read"}};
  for (const auto& [spoil, says] : spoilt) {
    const Printed done = run(spoil, {"--overwrite"});
    EXPECT_EQ(done.exit_code, 3) << spoil << done.err;
    EXPECT_NE(done.err.find(says), std::string::npos) << spoil << done.err;
    EXPECT_TRUE(fs::exists(folder_ / "out.h5")) << spoil;
    EXPECT_FALSE(fs::exists(folder_ / "out.h5.records")) << spoil;
    EXPECT_EQ(scalelaw({"report", "out.h5"}).exit_code, 0) << spoil;
  }
}

TEST_F(BadRecords, WithFewerSamplesThanAskedForAreNotUsed) {
  const Printed done = run(
      R"(sed -i '3s/"diagnostic":false/"diagnostic":true/;$s/"samples":2/"samples":1/' "$report")");
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("1 timed samples, not the 2 asked for"), std::string::npos) << done.err;
}

TEST_F(Cli, ReplacesNothingButARegularFile) {
  const std::string campaign = config("params = { operations = 1e6 }");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const Printed pipe = scalelaw({"run", campaign, "-o", "pipe", "--overwrite"});
  EXPECT_EQ(pipe.exit_code, 1);
  EXPECT_NE(pipe.err.find("is a named pipe"), std::string::npos) << pipe.err;
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
  EXPECT_EQ(scalelaw({"run", campaign, "-o", "/dev/null", "--overwrite"}).exit_code, 1);
  fs::create_symlink("real.h5", folder_ / "link.h5");
  const Printed link = scalelaw({"run", campaign, "-o", "link.h5"});
  EXPECT_EQ(link.exit_code, 0) << link.err;
  EXPECT_TRUE(fs::is_symlink(fs::symlink_status(folder_ / "link.h5")));
  EXPECT_TRUE(fs::is_regular_file(folder_ / "real.h5"));
}

TEST_F(Cli, FindsANameThatIsTooLongBeforeTheFirstLaunch) {
  const Printed done =
      scalelaw({"run", config("params = { operations = 1e6 }"), "-o", std::string(246, 'o')});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("has 246 bytes"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("hint: choose a shorter --output"), std::string::npos) << done.err;
}

}  // namespace
}  // namespace scalelaw::harness
