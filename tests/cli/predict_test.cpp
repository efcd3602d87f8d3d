// What the laws say of worker counts that were not measured.
#include "cli/campaigns.hpp"

namespace scalelaw::harness {
namespace {

class Predict : public CliOfResults {
 protected:
  /// The fake launcher's openmp, whose share of 0.05 is serial.
  void pretend_openmp() const {
    if (!std::filesystem::exists(std::filesystem::path(SCALELAW_PROGRAM).parent_path() /
                                 "scalelaw-openmp")) {
      GTEST_SKIP() << "scalelaw-openmp is not built";
    }
    pretend("models = [\"serial\", \"openmp\"]\nsize = 1e6\nthreads = [1, 2, 4, 8]", "f.h5");
  }
};

/// Amdahl's speedup at p.
double amdahl_at(double p) {
  return 1 / (0.05 + 0.95 / p);
}

TEST_F(Predict, RecoversALawThatIsKnown) {
  pretend_openmp();
  const auto json = json_of({"predict", "f.h5", "--workers", "16,1e3"});
  EXPECT_EQ(json.at("clock"), "pretended");
  ASSERT_EQ(json.at("series").size(), 1U) << "the serial model does not scale";
  int found = 0;
  for (const auto& law : json["series"][0].at("laws")) {
    if (law.at("law") != "amdahl") continue;
    ++found;
    const auto& predictions = law.at("predictions");
    ASSERT_EQ(predictions.size(), 2U);
    for (const auto& one : predictions) {
      const double p = one.at("workers").get<double>();
      EXPECT_NEAR(one.at("speedup").get<double>(), amdahl_at(p), 0.1 * amdahl_at(p)) << law;
      EXPECT_LE(one.at("low"), one.at("speedup"));
      EXPECT_GE(one.at("high"), one.at("speedup"));
    }
    EXPECT_EQ(predictions[1].at("workers"), 1000);
  }
  EXPECT_EQ(found, 2) << "a priori and fitted";
}

TEST_F(Predict, SaysWhatItRestsOn) {
  pretend_openmp();
  const Printed printed = scalelaw({"predict", "f.h5", "--workers", "64"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  for (const char* part :
       {"PRETENDED TIMES", "openmp, strong: speedup against one worker", "Amdahl, a priori", "p=64",
        "measured up to p=8", "based on marked points: 1x1x1 pretended"}) {
    EXPECT_NE(printed.out.find(part), std::string::npos) << part << "\n" << printed.out;
  }
}

TEST_F(Predict, ReadsAFileThatWasMeasured) {
  const Printed printed = scalelaw({"predict", sample(), "--workers", "8,64"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out.find("PRETENDED"), std::string::npos);
  EXPECT_NE(printed.out.find("p=8"), std::string::npos) << printed.out;
  const Printed markdown =
      scalelaw({"predict", sample(), "--workers", "8", "--format", "markdown"});
  EXPECT_EQ(markdown.exit_code, 0) << markdown.err;
  EXPECT_NE(markdown.out.find("| law |"), std::string::npos) << markdown.out;
  EXPECT_FALSE(json_of({"predict", sample(), "--workers", "8"}).at("series").empty());
}

TEST_F(Predict, SaysThatNothingScales) {
  pretend("models = \"serial\"\nsize = 1e6", "serial.h5");
  const Printed printed = scalelaw({"predict", "serial.h5", "--workers", "4"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("No scaling series"), std::string::npos) << printed.out;
  EXPECT_TRUE(json_of({"predict", "serial.h5", "--workers", "4"}).at("series").empty());
}

TEST_F(Predict, RefusesWhatIsNoCountAndNoFile) {
  expect_files_refused({"predict", "--workers", "4"});
  expect_refused({"predict", sample()}, "--workers");
  expect_refused({"predict", "--workers", "4"}, "file");
  expect_refused({"predict", sample(), "--workers", "0"}, "a worker count is 0");
  expect_refused({"predict", sample(), "--workers", "8,0"}, "a worker count is 0");
  expect_refused({"predict", sample(), "--workers", "-4"}, "-4");
  expect_refused({"predict", sample(), "--workers", "1.5"}, "'1.5' is not a whole number");
  expect_refused({"predict", sample(), "--workers", "8,many"}, "'many' is not a number");
  expect_refused({"predict", sample(), "--workers", "1e30"}, "too large");
  expect_refused({"predict", sample(), "--workers", "8", "--format", "csv"},
                 "csv not in {table,json,markdown}");
  expect_refused({"predict", sample(), "--workers", "8", "--format", "xml"},
                 "xml not in {table,json,markdown}");
}

}  // namespace
}  // namespace scalelaw::harness
