#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "cli/cli.hpp"

namespace scalelaw::harness {
namespace {

class ReportCommand : public Cli {
 protected:
  /// Runs the config `experiment` under the fake launcher into `output`.
  void pretend(const std::string& experiment, const std::string& output) const {
    const Printed printed =
        scalelaw({"run", config(experiment), "--launcher", "fake", "-o", output});
    ASSERT_EQ(printed.exit_code, 0) << printed.out << printed.err;
    EXPECT_NE(printed.out.find("PRETENDED TIMES"), std::string::npos) << printed.out;
  }

  [[nodiscard]] nlohmann::json report_of(const std::string& file) const {
    const Printed printed = scalelaw({"report", file, "--format", "json"});
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    return nlohmann::json::parse(printed.out);
  }
};

const std::string serial = "models = \"serial\"\nsize = 1e5\nparams = { items = 16 }";

TEST_F(ReportCommand, SaysOfInventedTimesThatTheyAre) {
  pretend(serial, "fake.h5");
  EXPECT_NE(scalelaw({"report", "fake.h5"}).out.find("PRETENDED TIMES"), std::string::npos);
  const auto json = report_of("fake.h5");
  EXPECT_EQ(json.at("clock"), "pretended");
  EXPECT_EQ(json.at("series").at(0).at("points").at(0).at("clock"), "pretended");
}

TEST_F(ReportCommand, ComparesNoInventedTimesWithMeasuredOnes) {
  pretend(serial, "fake.h5");
  ASSERT_EQ(scalelaw({"run", config(serial), "-o", "real.h5"}).exit_code, 0);
  const Printed refused = scalelaw({"compare", "fake.h5", "real.h5"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("pretended in the old file and measured in the new one"),
            std::string::npos)
      << refused.err;
  EXPECT_EQ(scalelaw({"compare", "fake.h5", "fake.h5"}).exit_code, 0);
}

TEST_F(ReportCommand, InventsWeakTimesByTheWorkOfThePoints) {
  namespace fs = std::filesystem;
  if (!fs::exists(fs::path(SCALELAW_PROGRAM).parent_path() / "scalelaw-openmp")) {
    GTEST_SKIP() << "scalelaw-openmp is not built";
  }
  pretend(
      "models = \"openmp\"\nscaling = [\"strong\", \"weak\"]\nsize = 1e6\nthreads = [1, 64]\n"
      "params = { items = 64 }\n[machine]\ncores = 64",
      "fake.h5");
  const auto json = report_of("fake.h5");
  const auto speedup = [&](std::size_t series) {
    return json["series"].at(series)["points"].at(1)["speedup_own"]["value"].get<double>();
  };
  EXPECT_NEAR(speedup(0), 1 / (0.05 + 0.95 / 64), 0.5) << "Amdahl";
  EXPECT_NEAR(speedup(1), 64 - 0.05 * 63, 2) << "Gustafson";
}

TEST_F(ReportCommand, ShowsWhatFailedAndWhy) {
  const std::string drivers = driver_that("echo 'no room in the harbour' >&2; exit 9");
  EXPECT_EQ(scalelaw({"run", config(serial), "--drivers", drivers, "-o", "f.h5"}).exit_code, 3);
  EXPECT_NE(scalelaw({"report", "f.h5"}).out.find("scalelaw report FILE --failures"),
            std::string::npos);
  Printed text = scalelaw({"report", "f.h5", "--failures"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  // Where a long command is broken depends on the folder's name.
  text.out = std::regex_replace(text.out, std::regex(R"( \\\n *)"), " ");
  for (const char* part : {"serial 1x1x1: crashed", "exit code 9", "no room in the harbour",
                           "scalelaw-serial calibration"}) {
    EXPECT_NE(text.out.find(part), std::string::npos) << part << "\n" << text.out;
  }
  const Printed json = scalelaw({"report", "f.h5", "--failures", "--format", "json"});
  const auto launches = nlohmann::json::parse(json.out).at("failures").at(0).at("launches");
  EXPECT_EQ(launches.at(0).at("exit_code"), 9);
  EXPECT_EQ(scalelaw({"report", "f.h5", "--failures", "--format", "markdown"}).exit_code, 0);
  const Printed csv = scalelaw({"report", "f.h5", "--failures", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, 1);
  EXPECT_NE(csv.err.find("has no format 'csv'"), std::string::npos) << csv.err;
}

TEST_F(ReportCommand, TellsTwoExperimentsOfOneKernelApart) {
  const std::string two = "name = \"morning\"\n" + serial +
                          "\n[[experiment]]\nname = \"evening\"\nkernel = \"calibration\"\n" +
                          serial;
  pretend(two, "two.h5");
  const std::string text = scalelaw({"report", "two.h5"}).out;
  for (const char* heading : {"\nmorning: calibration ", "\nevening: calibration "}) {
    EXPECT_NE(text.find(heading), std::string::npos) << heading << text;
  }
  const std::string compared = scalelaw({"compare", "two.h5", "two.h5"}).out;
  EXPECT_NE(compared.find("  evening: calibration "), std::string::npos) << compared;
}

}  // namespace
}  // namespace scalelaw::harness
