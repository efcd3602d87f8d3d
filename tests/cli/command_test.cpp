// Programs that a config brings, and the configs that `init` writes.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class Commands : public Cli {
 protected:
  void SetUp() override {
    Cli::SetUp();
    setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
    (void)write("app",
                "#!/bin/sh\ntouch started\necho size $1, threads $OMP_NUM_THREADS\nsleep 0.01\n");
    fs::permissions(folder_ / "app", fs::perms::owner_all);
  }
  void TearDown() override {
    unsetenv("XDG_CONFIG_HOME");
    Cli::TearDown();
  }

  /// A quick config of a command, with more keys of its driver.
  [[nodiscard]] std::string config_of(const std::string& keys) const {
    return write("c.toml",
                 "[campaign]\nname = \"c\"\n[measuring]\nsamples = 1\nwarmups = 0\n"
                 "launches_min = 2\nlaunches_max = 2\n[measuring.gate]\nenabled = false\n"
                 "[[driver]]\nname = \"app\"\n" +
                     keys + "\n[[experiment]]\ndriver = \"app\"\nsize = 5\n");
  }
  [[nodiscard]] bool started() const { return fs::exists(folder_ / "started"); }

  /// The only point of a results file.
  [[nodiscard]] nlohmann::json point_of(const std::string& file) const {
    const Printed printed = scalelaw({"report", file, "--format", "json"});
    return nlohmann::json::parse(printed.out)["series"][0]["points"][0];
  }
};

const std::string command = "command = [\"./app\", \"{size}\"]";

TEST_F(Commands, AreShownByCheckAndDoNotRun) {
  const Printed printed = scalelaw({"check", config_of(command)});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("app: app app/process, strong scaling"), std::string::npos);
  EXPECT_NE(printed.out.find("runs app: ./app '{size}'"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("not confirmed yet, digest "), std::string::npos) << printed.out;
  EXPECT_FALSE(started());
  const Printed dry = scalelaw({"run", "c.toml", "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_NE(dry.out.find("scalelaw-command --definition"), std::string::npos) << dry.out;
  EXPECT_FALSE(started());
}

TEST_F(Commands, RunOnlyWhenTheyAreConfirmed) {
  const Printed refused = scalelaw({"run", config_of(command), "-o", "r.h5"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("'c.toml' runs programs of its own:\n  app: ./app '{size}'"),
            std::string::npos)
      << refused.err;
  EXPECT_NE(refused.err.find("give --yes"), std::string::npos);
  EXPECT_FALSE(started());
  const Printed ran = scalelaw({"run", "c.toml", "-o", "r.h5", "--yes"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(started());
  EXPECT_EQ(point_of("r.h5")["launches"], 2);
}

TEST_F(Commands, AreConfirmedByADigest) {
  const Printed checked = scalelaw({"check", config_of(command)});
  const std::string mark = "digest ";
  const std::string digest = checked.out.substr(checked.out.find(mark) + mark.size(), 64);
  fs::create_directories(folder_ / "scalelaw");
  std::ofstream(folder_ / "scalelaw/trusted") << digest << "\n";
  EXPECT_EQ(scalelaw({"run", "c.toml", "-o", "r.h5"}).exit_code, 0);
  EXPECT_NE(scalelaw({"check", "c.toml"}).out.find("confirmed, digest"), std::string::npos);
  EXPECT_EQ(scalelaw({"run", config_of(command + "\nsetup = \"true\""), "-o", "s.h5"}).exit_code,
            1);
}

TEST_F(Commands, ThatAreNotThereAreSaidAtOnce) {
  const Printed printed = scalelaw({"check", config_of("command = [\"./ap\", \"{size}\"]")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("app: cannot start './ap': No such file"), std::string::npos)
      << printed.err;
}

TEST_F(Commands, LeaveTheTextThatWasSeenWhenTheyFail) {
  const auto reason = [&](const std::string& keys) {
    const Printed ran =
        scalelaw({"run", config_of(command + "\n" + keys), "-o", "r.h5", "--yes", "--overwrite"});
    EXPECT_EQ(ran.exit_code, 3) << ran.err;
    const nlohmann::json point = point_of("r.h5");
    return point["state"].get<std::string>() + ": " + point["reason"].get<std::string>();
  };
  const std::string time = reason("time = \"took ([0-9.]+)\"");
  EXPECT_TRUE(time.starts_with("crashed: ")) << time;
  EXPECT_NE(time.find("the output ends with 'size 5, threads 1'"), std::string::npos) << time;
  const std::string check = reason("check = \"result: (.*)\"");
  EXPECT_TRUE(check.starts_with("wrong_result: ")) << check;
  EXPECT_NE(check.find("the output ends with 'size 5, threads 1'"), std::string::npos) << check;
  const std::string differs = reason(
      "check = \"([0-9]+) pid\"\nsetup = [\"sh\", \"-c\", \"echo 'echo "
      "$$ pid' >> app\"]");
  EXPECT_NE(differs.find("wrong_result"), std::string::npos) << differs;
  EXPECT_NE(differs.find("check = "), std::string::npos) << differs;
}

class Init : public Commands {};

TEST_F(Init, WritesAConfigThatCheckAccepts) {
  const Printed made =
      scalelaw({"init", "--command", "./app {size}", "--threads", "1", "-o", "my.toml"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(made.out.starts_with("my.toml\nnext: ")) << made.out;
  const Printed checked = scalelaw({"check", "my.toml"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_EQ(
      scalelaw({"init", "--kernel", "calibration", "--threads", "1", "--ranks", "1"}).exit_code, 0);
  EXPECT_EQ(scalelaw({"check", "calibration.toml"}).exit_code, 0);
}

TEST_F(Init, OverwritesNothingUnlessItIsForcedTo) {
  (void)write("my.toml", "mine\n");
  const std::vector<std::string> words{"init", "--command", "./app", "-o", "my.toml"};
  const Printed refused = scalelaw(words);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err,
            "scalelaw: 'my.toml' already exists\n"
            "  hint: choose another --output, or replace it with --force\n");
  EXPECT_EQ(shell("cat my.toml").out, "mine\n");
  EXPECT_EQ(shell("\"$scalelaw\" init --command ./app -o my.toml --force").exit_code, 0);
  EXPECT_NE(shell("cat my.toml").out, "mine\n");
}

TEST_F(Init, SaysWhatIsMissing) {
  EXPECT_NE(shell("\"$scalelaw\" init </dev/null").err.find("give --command"), std::string::npos);
  const Printed unknown = scalelaw({"init", "--kernel", "calibratoin"});
  EXPECT_EQ(unknown.err,
            "scalelaw: unknown kernel 'calibratoin'\n  hint: did you mean 'calibration'?\n");
  EXPECT_EQ(scalelaw({"init", "--kernel", "calibration", "--time", "(.)"}).exit_code, 1);
}

TEST_F(Init, WritesTheConfigOfAResultsFile) {
  ASSERT_EQ(scalelaw({"run", config("models = \"serial\"\nsize = 1e6"), "--launcher", "fake", "-q",
                      "-o", "f.h5"})
                .exit_code,
            0);
  const Printed made =
      scalelaw({"init", "--from", "f.h5", "--size", "2e6", "--launches", "3", "-o", "again.toml"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const Printed checked = scalelaw({"check", made.out.substr(0, made.out.find('\n'))});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_NE(checked.out.find("{\"operations\":2000000}"), std::string::npos) << checked.out;
  EXPECT_EQ(scalelaw({"init", "--launches", "3", "--kernel", "calibration"}).exit_code, 1);
  (void)write("t.csv", "p,seconds\n1,2\n2,1\n");
  const Printed foreign = scalelaw({"init", "--from", "t.csv"});
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_NE(foreign.err.find("'t.csv' has no config"), std::string::npos) << foreign.err;
}

TEST_F(Init, WritesToStdout) {
  const Printed printed = scalelaw({"init", "--command", "./app {size} {eps}", "-o", "-"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("params = { eps = \"1\" }"), std::string::npos) << printed.out;
}

}  // namespace
}  // namespace scalelaw::harness
