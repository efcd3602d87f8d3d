#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/cli.hpp"
#include "harness/process/find_program.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class SimulateRun : public Cli {
 protected:
  [[nodiscard]] bool exists(const std::string& name) const { return fs::exists(folder_ / name); }
};

const std::string ranked =
    "models = \"mpi\"\nsize = 1e8\nparams = { items = 64 }\nranks = [1, 2]\noversubscribe = true\n"
    "[simulate]\nranks = [1, 2, 4]\nlatency_s = 1e-6\nbudget_s = 1\n";
const std::string alone = "models = \"serial\"\nsize = 1e5\nparams = { items = 16 }\n[simulate]\n";

bool can_simulate() {
  const fs::path mpi = fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-mpi";
  return fs::exists(mpi) && !find_program("smpirun").empty();
}

TEST_F(SimulateRun, MeasuresAndThenSimulatesInOneCommand) {
  if (!can_simulate()) GTEST_SKIP() << "needs scalelaw-mpi and SimGrid";
  const std::string file = config(ranked);
  const Printed printed = scalelaw({"run", file, "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.exit_code, 0) << printed.out << printed.err;
  const Printed report = scalelaw({"report", "out-simulated.h5", "--format", "json"});
  std::set<std::string> seen;  // "CLOCK WORKERS"
  const auto answer = nlohmann::json::parse(report.out);
  for (const auto& row : answer.at("scaling")) {
    seen.insert(row.at("clock").get<std::string>() + " " +
                std::to_string(row.at("workers").get<int>()));
  }
  EXPECT_TRUE(seen.contains("simulated 4")) << report.out;
  EXPECT_TRUE(seen.contains("measured 1")) << report.out;
  EXPECT_FALSE(exists("out.h5.journal") || exists("out-simulated.h5.journal"));

  const Printed again = scalelaw({"run", file, "-o", "out.h5", "-q"});
  EXPECT_NE(again.exit_code, 0) << "both files exist";
  const Printed other =
      scalelaw({"run", file, "--launcher", "simulate", "--from", "out.h5", "-o", "other.h5", "-q"});
  EXPECT_EQ(other.exit_code, 0) << other.out << other.err;
  EXPECT_TRUE(exists("other.h5"));
}

TEST_F(SimulateRun, RefusesBeforehandToReplaceAnEarlierSimulation) {
  if (!can_simulate()) GTEST_SKIP() << "needs scalelaw-mpi and SimGrid";
  (void)write("out-simulated.h5", "");
  const Printed printed = scalelaw({"run", config(ranked), "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.err,
            "scalelaw: 'out-simulated.h5' exists\n"
            "  hint: choose another --output, or give --overwrite to replace it\n");
  EXPECT_FALSE(exists("out.h5"));
}

TEST_F(SimulateRun, MeasuresAloneWithoutSimGrid) {
  const Printed printed = shell("PATH=/nowhere $scalelaw run " + config(alone) + " -o out.h5 -q");
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.err.find("scalelaw: measures without simulating: SimGrid is not there"), 0U)
      << printed.err;
  EXPECT_TRUE(exists("out.h5"));
  EXPECT_FALSE(exists("out-simulated.h5"));
}

TEST_F(SimulateRun, RefusesAFileThatNothingIsSimulatedFrom) {
  const std::string refusal =
      "scalelaw: --from has no effect where nothing is simulated\n"
      "  hint: add --launcher simulate\n";
  EXPECT_EQ(scalelaw({"run", config(alone), "--from", "x.h5"}).err, refusal);
  EXPECT_EQ(scalelaw({"check", config(alone), "--from", "x.h5"}).err, refusal);
  const Printed none = scalelaw({"run", config(alone), "--launcher", "simulate"});
  EXPECT_NE(none.exit_code, 0);
  EXPECT_NE(none.err.find("--from FILE.h5"), std::string::npos) << none.err;
}

TEST_F(SimulateRun, FindsFaultsOfThePlatformBeforeItMeasures) {
  if (!can_simulate()) GTEST_SKIP() << "needs scalelaw-mpi and SimGrid";
  const std::string file = config(alone + "platform = \"no.xml\"\nhostfile = \"no\"\n");
  const Printed printed = scalelaw({"run", file, "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.err.find("scalelaw: there is no platform file 'no.xml'"), 0U) << printed.err;
  EXPECT_FALSE(exists("out.h5"));
}

TEST_F(SimulateRun, SimulatesNoPretendedTimes) {
  const Printed printed =
      scalelaw({"run", config(alone), "--launcher", "fake", "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_FALSE(exists("out-simulated.h5"));
}

TEST_F(SimulateRun, ContinuesASimulationThatWasStopped) {
  if (!can_simulate()) GTEST_SKIP() << "needs scalelaw-mpi and SimGrid";
  const std::string file = config(ranked);
  EXPECT_EQ(scalelaw({"run", file, "-o", "out.h5", "-q"}).exit_code, 0);
  fs::remove(folder_ / "out-simulated.h5");  // as if it had been stopped before its first launch
  const Printed again = scalelaw({"run", file, "-o", "out.h5", "-q", "--resume"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(again.out.find("out-simulated.h5: "), 0U) << "nothing is measured again: " << again.out;
  const Printed complete = scalelaw({"run", file, "-o", "out.h5", "-q", "--resume"});
  EXPECT_NE(complete.err.find("'out.h5' is complete"), std::string::npos) << complete.err;
}

TEST_F(SimulateRun, ReplacesAStoppedSimulationOnlyIfAsked) {
  if (!can_simulate()) GTEST_SKIP() << "needs scalelaw-mpi and SimGrid";
  (void)write("out-simulated.h5.journal", "");
  const Printed printed = scalelaw({"run", config(ranked), "-o", "out.h5", "-q"});
  EXPECT_EQ(printed.err,
            "scalelaw: 'out-simulated.h5' is a simulation that was stopped\n"
            "  hint: continue it with --resume, or give --overwrite to begin anew\n");
  EXPECT_FALSE(exists("out.h5"));
  const Printed anew = scalelaw({"run", config(ranked), "-o", "out.h5", "-q", "--overwrite"});
  EXPECT_EQ(anew.exit_code, 0) << anew.err;
  EXPECT_TRUE(exists("out-simulated.h5"));
}

TEST_F(SimulateRun, ReadsAConfigOnce) {
  const Printed printed = shell("cat " + config(alone) + " | $scalelaw run /dev/stdin --dry-run");
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
}

}  // namespace
}  // namespace scalelaw::harness
