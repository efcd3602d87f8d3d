// Wrong usage and input: exit code 1, and a message that says where and what to do.
#include <utility>

#include "cli/cli.hpp"

namespace scalelaw {
namespace {

class Check : public Cli {};

TEST_F(Check, ListsThePointsOfAConfig) {
  const Printed printed = scalelaw(
      {"check", config("models = \"serial\"\nscaling = [\"strong\", \"weak\"]\nsize = 1e6")});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out.substr(0, printed.out.find("planned for")),
            "calibration: calibration scalelaw/serial, strong scaling\n"
            "  1x1x1     {\"operations\":1000000}\n"
            "calibration: calibration scalelaw/serial, weak scaling\n"
            "  1x1x1     {\"operations\":1000000}\n"
            "c.toml: 2 points to measure, 0 skipped\n");
}

TEST_F(Check, NamesTheLineOfAnUnknownKey) {
  const Printed printed = scalelaw({"check", config("rnaks = 2")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err,
            "scalelaw: c.toml:12: unknown key 'rnaks' in [[experiment]]\n"
            "  hint: did you mean 'ranks'?\n");
  EXPECT_EQ(printed.out, "");
}

TEST_F(Check, RefusesBadInputInOneLineAndARemedy) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"size = -5", "scalelaw: c.toml:12: 'size': -5 is too small\n"},
      {"size = \"1.5\"", "scalelaw: c.toml:12: 'size': '1.5' is not a whole number\n"},
      {"size = \"lots\"", "scalelaw: c.toml:12: 'size': 'lots' is not a number\n"},
      {"size = \"1e19\"",
       "scalelaw: c.toml:12: 'size': '1e19' is too large (the limit is 2^63 - 1)\n"},
      {"params = { serial_fracton = 0.1 }",
       "scalelaw: c.toml:12: 'calibration' has no parameter 'serial_fracton'\n"},
      {"peers = \"turbojpge\"", "scalelaw: c.toml:10: there is no peer 'turbojpge'\n"},
      {"threads = 99999", "scalelaw: c.toml:12: 99999 threads on "},
      {"nodes = 7", "scalelaw: c.toml:12: 7 nodes, but only 1 known\n"},
      {"[mpirun]\nhostfile = \"none\"", "scalelaw: cannot read the hostfile 'none'\n"},
  };
  for (const auto& [line, what] : cases) {
    const Printed printed = scalelaw({"check", config(line)});
    EXPECT_EQ(printed.exit_code, 1) << line;
    EXPECT_EQ(printed.err.substr(0, what.size()), what) << line;
    EXPECT_NE(printed.err.find("\n  hint: "), std::string::npos) << line;
  }
}

TEST_F(Check, PlansAPeerThatWasNotBuiltAsSkipped) {
  const Printed printed = scalelaw({"check", config("peers = \"nobody\"")});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("skipped: there is no scalelaw-peer-nobody"), std::string::npos)
      << printed.out;
}

TEST_F(Check, PassesOnWhatTheDriverRefuses) {
  const Printed printed = scalelaw({"check", config("params = { serial_fraction = 2.5 }")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err,
            "scalelaw: c.toml:10: calibration: a fraction is outside [0, 1)\n"
            "  hint: give --serial-fraction and --imbalance in [0, 1)\n");
}

TEST_F(Check, SaysThatAKernelIsUnknown) {
  const Printed printed = scalelaw(
      {"check",
       write("k.toml", "[campaign]\nname = \"c\"\n[[experiment]]\nkernel = \"calibraton\"\n")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err,
            "scalelaw: k.toml:3: unknown kernel 'calibraton'\n"
            "  hint: did you mean 'calibration'?\n");
}

TEST_F(Check, SaysThatTheConfigOrTheDriversAreMissing) {
  EXPECT_EQ(scalelaw({"check", "none.toml"}).err.substr(0, 45),
            "scalelaw: cannot read the config 'none.toml'\n");
  const Printed printed = scalelaw({"check", config(""), "--drivers", "."});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("there is no driver in '.'"), std::string::npos) << printed.err;
}

TEST_F(Check, SaysThatMpirunIsMissing) {
  const Printed printed =
      scalelaw({"check", config("models = \"mpi\"\n[mpirun]\nprogram = \"no-such-mpirun\"")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err.substr(0, printed.err.find('\n')),
            "scalelaw: 'no-such-mpirun' is not there, and 'calibration' needs it");
}

TEST_F(Check, ExplainsWrongUsage) {
  EXPECT_EQ(scalelaw({}).exit_code, 1);
  EXPECT_EQ(scalelaw({"chekc"}).exit_code, 1);
  EXPECT_EQ(scalelaw({"check"}).exit_code, 1);
  EXPECT_EQ(scalelaw({"check", config(""), "--launcher", "rsh"}).exit_code, 1);
  const Printed filter = scalelaw({"check", config(""), "--filter", "kernl=calibration"});
  EXPECT_EQ(filter.exit_code, 1);
  EXPECT_EQ(filter.err,
            "scalelaw: 'kernl=calibration' is not a filter\n  hint: did you mean 'kernel'?\n");
  EXPECT_EQ(scalelaw({"check", config(""), "--filter", "kernel=sieve"}).exit_code, 1);
  EXPECT_EQ(scalelaw({"--help"}).exit_code, 0);
  EXPECT_EQ(scalelaw({"--version"}).exit_code, 0);
}

TEST_F(Check, TakesEachConfigOfTheProject) {
  const std::filesystem::path configs = std::filesystem::path(SCALELAW_SOURCE_DIR) / "configs";
  for (const char* name : {"smoke", "laptop", "strong", "weak", "hybrid"}) {
    const Printed printed = scalelaw({"check", configs / (std::string(name) + ".toml")});
    EXPECT_EQ(printed.exit_code, 0) << name << ": " << printed.err;
    EXPECT_NE(printed.out.find(" points to measure"), std::string::npos) << name;
  }
}

TEST_F(Check, SaysInWordsWhatTheFileSystemRefuses) {
  const std::string file = (folder_ / config("models = \"serial\"\nsize = 1e5")).string();
  const std::string run = "\"$scalelaw\" run " + file + " --launcher fake -o ";
  for (const std::string& line :
       {"mkdir gone && cd gone && rmdir ../gone && " + run + "out.h5",
        "ln -s loop loop; " + run + "loop/out.h5", run + std::string(300, 'n') + ".h5",
        run + std::string(5000, 'n') + "/out.h5", run + "/proc/self/out.h5"}) {
    const Printed printed = shell(line);
    EXPECT_EQ(printed.exit_code, 1) << line;
    EXPECT_NE(printed.err.find("\n  hint: "), std::string::npos) << line << "\n" << printed.err;
  }
}

class List : public Cli {};

TEST_F(List, NamesKernelsParametersAndModels) {
  const Printed printed = scalelaw({"list"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("  calibration: busy work"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("    serial_fraction "), std::string::npos);
  EXPECT_NE(printed.out.find("  serial   ready"), std::string::npos);
}

class Plot : public Cli {};

TEST_F(Plot, SaysThatTheFileIsMissing) {
  const Printed printed = scalelaw({"plot", "none.h5", "-o", "plots"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err.substr(0, printed.err.find('\n')), "scalelaw: there is no file 'none.h5'");
}

}  // namespace
}  // namespace scalelaw
