// Wrong usage and input: exit code 1, and a message that says where and what to do.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/cli.hpp"
#include "harness/process/find_program.hpp"

namespace scalelaw::harness {
namespace {

class Check : public Cli {};

TEST_F(Check, ListsThePointsOfAConfig) {
  const Printed printed = scalelaw(
      {"check", config("models = \"serial\"\nscaling = [\"strong\", \"weak\"]\nsize = 1e6")});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out.substr(0, printed.out.find(": about")),
            "calibration: calibration scalelaw/serial, strong scaling\n"
            "  1x1x1     {\"operations\":1000000}\n"
            "calibration: calibration scalelaw/serial, weak scaling\n"
            "  1x1x1     {\"operations\":1000000}\n"
            "c.toml: 2 points to measure, 1 of them in the same launches as another");
  EXPECT_NE(printed.out.find(" s, estimated from the plan\nplanned for "), std::string::npos)
      << printed.out;
}

TEST_F(Check, PlansAPeerThatWasNotBuiltAsSkipped) {
  const Printed printed = scalelaw({"check", config("peers = \"nobody\"")});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("skipped: there is no scalelaw-peer-nobody"), std::string::npos)
      << printed.out;
}

TEST_F(Check, SaysThatMpirunIsMissing) {
  const Printed printed =
      scalelaw({"check", config("models = \"mpi\"\nranks = 2\noversubscribe = true\n"
                                "[mpirun]\nprogram = \"no-such-mpirun\"")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err.substr(0, printed.err.find('\n')),
            "scalelaw: 'no-such-mpirun' is not in PATH, and 'calibration' needs it");
}

TEST_F(Check, ExitsAsItsHelpSays) {
  EXPECT_EQ(scalelaw({"chekc"}).exit_code, 1);
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

/// An mpirun that starts nothing on some hosts: `unknown` has no address, `silent` never answers,
/// and `first` and `second` answer only when both have been called.
const char* const picky_mpirun =
    "#!/bin/sh\n"
    "await() { touch $1; while [ ! -e $2 ]; do sleep 0.05; done; }\n"
    "[ \"$1 $2 $3 $5 $6 $7 $8\" = '-np 1 --host --mca btl tcp,self true' ] || exit 9\n"
    "case $4 in\n"
    "unknown:1) echo; echo -----; echo 'ssh: Could not resolve hostname'; echo; echo more; exit "
    "1;;\n"
    "silent:1) sleep 1000;;\n"
    "first:1) await first second;;\n"
    "second:1) await second first;;\n"
    "esac\n";

class CheckOfHosts : public Check {
 protected:
  [[nodiscard]] Printed check(const std::string& hosts, const std::string& more = "") const {
    std::filesystem::permissions(folder_ / write("mpirun", picky_mpirun),
                                 std::filesystem::perms::owner_all);
    return scalelaw(
        {"check",
         config("models = \"serial\"\nsize = 1e5\n" + more +
                "[mpirun]\nprogram = \"./mpirun\"\nmca = { btl = \"tcp,self\" }\nconnect_s = 4\n"
                "hosts = [" +
                hosts + "]")});
  }
};

TEST_F(CheckOfHosts, CallsEachHostAndAllAtOnce) {
  const Printed printed = check("\"first\", \"second:4\", \"other\"");
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("1 point to measure"), std::string::npos) << printed.out;
}

TEST_F(CheckOfHosts, NamesThoseThatDoNotAnswerAndWhatElseIsWrong) {
  const Printed printed =
      check("\"unknown\", \"other\", \"silent\"",
            "params = { serial_fraction = 2.5 }\n[[experiment]]\nname = \"two\"\n"
            "kernel = \"calibraton\"\n");
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.out, "");
  for (const char* fault :
       {"scalelaw: 4 faults:\n    c.toml:",
        "\n    c.toml:13: calibration: a fraction is outside [0, 1)\n      hint: ",
        "\n    c.toml:15: unknown kernel 'calibraton'\n      hint: did you mean 'calibration'?\n",
        "\n    the host 'unknown' cannot start a command: ssh: Could not resolve hostname\n      "
        "hint: ",
        "\n    the host 'silent' does not answer within "}) {
    EXPECT_NE(printed.err.find(fault), std::string::npos) << fault << "\n" << printed.err;
  }
  EXPECT_EQ(printed.err.find("'other'"), std::string::npos) << printed.err;
}

TEST_F(Check, CallsHostsByTheAgentThatMpirunUses) {
  if (find_program("mpirun").empty()) GTEST_SKIP() << "there is no mpirun";
  (void)write("agent", "#!/bin/sh\necho \"no way to $1\" >&2\nexit 255\n");
  std::filesystem::permissions(folder_ / "agent", std::filesystem::perms::owner_all);
  const Printed printed =
      scalelaw({"check", config("models = \"serial\"\nsize = 1e5\n[mpirun]\nhosts = \"far\"\n"
                                "mca = { plm_rsh_agent = \"" +
                                (folder_ / "agent").string() + "\" }")});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE(printed.err.find("the host 'far' cannot start a command: no way to far"),
            std::string::npos)
      << printed.err;
}

TEST_F(Check, NamesAllFaultsOfAllExperimentsAtOnce) {
  const std::string file = config(
      "params = { serial_fracton = 0.1 }\npeers = \"nobody\"\n[[experiment]]\nname = \"two\"\n"
      "kernel = \"calibration\"\nmodels = \"serial\"\nnodes = 3\nthreads = 2\n"
      "[mpirun]\nhostfile = \"none\"");
  for (const char* command : {"check", "run"}) {
    const Printed printed = scalelaw({command, file});
    EXPECT_EQ(printed.exit_code, 1);
    EXPECT_NE(printed.err.find("cannot read the hostfile 'none' (looked in " + folder_.string()),
              std::string::npos)
        << printed.err;
    EXPECT_NE(printed.err.find("no parameter 'serial_fracton'"), std::string::npos) << printed.err;
    EXPECT_NE(printed.err.find("c.toml:1"), std::string::npos) << printed.err;
    EXPECT_EQ(printed.err.find("only 1 known"), std::string::npos) << "a consequence of the first";
  }
}

class CheckOfFiles : public Check {
 protected:
  [[nodiscard]] std::string picture(const std::string& name) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    return write(name, "P5\n16 16\n255\n" + std::string(256, 'x'));
  }
  /// A config of an experiment for each of `params`.
  [[nodiscard]] std::string images(const std::vector<std::string>& params) const {
    std::string text = "[campaign]\nname = \"c\"\n[measuring]\nceilings = false\n";
    for (const std::string& one : params) {
      text += "[[experiment]]\nname = \"e" + std::to_string(text.size()) +
              "\"\nkernel = \"image_compression\"\nmodels = \"serial\"\nparams = {" + one + "}\n";
    }
    return write("c.toml", text);
  }
};

TEST_F(CheckOfFiles, SaysNothingOfSoundOnes) {
  (void)picture("photos/a.pgm");
  const Printed printed = scalelaw({"check", images({"input = 'photos', output_dir = 'small'"})});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "small"));
}

TEST_F(CheckOfFiles, RefusesAnOutputFolderInsideTheInputFolder) {
  (void)picture("photos/a.pgm");
  for (const char* output : {"photos/small", "photos", "./photos/../photos/x/y"}) {
    const std::string file =
        images({std::string("input = 'photos', output_dir = '") + output + "'"});
    for (const char* command : {"check", "run"}) {
      const Printed printed = scalelaw({command, file});
      EXPECT_EQ(printed.exit_code, 1) << output;
      EXPECT_NE(printed.err.find("photos"), std::string::npos) << printed.err;
      EXPECT_NE(printed.err.find("hint: "), std::string::npos) << printed.err;
    }
  }
}

TEST_F(CheckOfFiles, NamesAllThatIsWrongAtOnce) {
  (void)picture("photos/a.pgm");
  (void)picture("good/a.pgm");
  (void)picture("good/" + std::string(247, 'n') + ".pgm");
  (void)write("photos/b.png", "\x89PNG\r\n\x1a\n, not really");
  (void)write("cut.pgm", "P5\n16 16\n255\nxx");
  (void)write("photos/c.pgm", "P5\n16 16\n255\nxx");
  (void)write("file", "in the way");
  const Printed printed =
      scalelaw({"check", images({"input = 'photos', output_dir = 'file/too'", "input = 'nowhere'",
                                 "input = 'cut.pgm'", "input = 'good', output_dir = 'out'",
                                 "output_dir = 'file/out'"})});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.out, "");
  for (const std::string& fault :
       std::vector<std::string>{"photos/b.png", "photos/c.pgm", "file/too",
                                "'nowhere' does not exist (looked in " + folder_.string() + ")",
                                "cut.pgm", "nnn.jpg.part", "file/out"}) {
    EXPECT_NE(printed.err.find(fault), std::string::npos) << fault << "\n" << printed.err;
  }
  EXPECT_EQ(printed.err.find("a.pgm"), std::string::npos) << printed.err;
}

class List : public Cli {};

TEST_F(List, NamesKernelsParametersAndModels) {
  const Printed printed = scalelaw({"list"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("  calibration: busy work"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("    serial_fraction "), std::string::npos);
  EXPECT_NE(printed.out.find("  serial   ready"), std::string::npos);
}

TEST_F(List, ShowsTheOptionsOfOneKernelAndWhatTheyNeed) {
  const Printed printed = scalelaw({"list", "image_compression"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  for (const char* words : {"static|dynamic|guided", "needs a model with threads; mode = \"data\"",
                            "file: the parameter input", "(default the kernel's own)"}) {
    EXPECT_NE(printed.out.find(words), std::string::npos) << words << "\n" << printed.out;
  }
  EXPECT_EQ(printed.out.find("calibration"), std::string::npos);
  const Printed other = scalelaw({"list", "calibation"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("did you mean 'calibration'?"), std::string::npos) << other.err;
}

TEST_F(List, ShowsAModelOrAPeerByItsName) {
  const Printed model = scalelaw({"list", "serial"});
  EXPECT_EQ(model.exit_code, 0) << model.err;
  EXPECT_NE(model.out.find("  serial, a model: "), std::string::npos) << model.out;
  EXPECT_NE(model.out.find("  calibration: busy work"), std::string::npos) << model.out;
  const Printed other = scalelaw({"list", "seriel"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_EQ(other.err,
            "scalelaw: no kernel, model or peer 'seriel'\n  hint: did you mean 'serial'?\n");
}

/// The table of docs/config.md under "## Options": "name | values | default".
std::set<std::string> documented_options() {
  std::ifstream file(SCALELAW_SOURCE_DIR "/docs/config.md");
  std::set<std::string> rows;
  bool here = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) here = line == "## Options";
    if (here && line.starts_with("| `")) rows.insert(line.substr(2, line.rfind(" | ") - 2));
  }
  return rows;
}

TEST_F(List, HasTheOptionsThatTheDocumentationHas) {
  const Printed printed = shell("\"$(dirname \"$scalelaw\")\"/scalelaw-serial --describe");
  const auto kernels = nlohmann::json::parse(printed.out).at("kernels");
  auto options = kernels.at("image_compression").at("options");
  for (const auto& option : kernels.at("dot_product").at("options")) options.push_back(option);
  std::set<std::string> rows;
  for (const auto& option : options) {
    std::string values = option.at("type") == "bool" ? "true, false" : option.at("type");
    if (option.contains("choices")) {
      values.clear();
      for (const auto& choice : option["choices"]) {
        values += (values.empty() ? "" : ", ") + choice.get<std::string>();
      }
    }
    const auto& fallback = option.at("default");
    rows.insert("`" + option.at("name").get<std::string>() + "` | " + values + " | " +
                (fallback.is_null()     ? "the kernel's own"
                 : fallback.is_string() ? fallback.get<std::string>()
                                        : fallback.dump()));
  }
  EXPECT_EQ(documented_options(), rows);
}

class Plot : public Cli {};

TEST_F(Plot, SaysThatTheFileIsMissing) {
  const Printed printed = scalelaw({"plot", "none.h5", "-o", "plots"});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_EQ(printed.err.substr(0, printed.err.find('\n')), "scalelaw: there is no file 'none.h5'");
}

}  // namespace
}  // namespace scalelaw::harness
