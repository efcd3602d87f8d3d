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
  const auto json = json_of({"predict", "f.h5", "--workers", "16,1e3", "--law", "amdahl", "--far"});
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
       {"PRETENDED TIMES", "openmp, strong: speedup against one worker", "combined",
        "last exponent persists", "same efficiency", "p=64", "8 times the largest measured p=8",
        "one in ten took more than", "a turn cannot be seen from below",
        "Measure p=16 next (it needs 16 cores), because the time at p=64",
        "based on marked points: openmp 1x1x1 pretended"}) {
    EXPECT_NE(printed.out.find(part), std::string::npos) << part << "\n" << printed.out;
  }
  EXPECT_EQ(printed.out.find("Amdahl"), std::string::npos) << "laws come when asked for";
  const Printed all = scalelaw({"predict", "f.h5", "--workers", "64", "--law", "all"});
  EXPECT_NE(all.out.find("Amdahl, a priori"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("USL"), std::string::npos) << all.out;
}

TEST_F(Predict, EndsWithACommandThatMeasuresTheNextPoint) {
  pretend("models = [\"serial\", \"openmp\"]\nthreads = [1, 2, 4, 8]\noversubscribe = true",
          "a b.h5");
  const Printed printed = scalelaw({"predict", "a b.h5", "--workers", "64"});
  const std::size_t at =
      printed.out.find(" init --from 'a b.h5' --threads 1,2,4,8,16 -o next.toml && ");
  ASSERT_NE(at, std::string::npos) << printed.out;
  // As a person would: paste the line.
  const std::size_t begin = printed.out.rfind('\n', at) + 1;
  const std::string line = printed.out.substr(begin, printed.out.find('\n', at) - begin);
  const Printed pasted = shell(line + " --launcher fake -q -o next.h5");
  EXPECT_EQ(pasted.exit_code, 0) << pasted.err;
  const auto report = json_of({"report", "next.h5"});
  EXPECT_EQ(report["series"].back()["points"].back()["threads"], 16) << report;
}

TEST_F(Predict, HasNoCommandForTimesOfAnotherProgram) {
  (void)write("t.csv", "p,seconds\n1,8\n2,4.1\n4,2.1\n8,1.2\n");
  const Printed printed = scalelaw({"predict", "--series", "t.csv", "--workers", "64"});
  EXPECT_NE(printed.out.find("Measure p=16 next"), std::string::npos) << printed.out;
  EXPECT_EQ(printed.out.find("--from"), std::string::npos) << printed.out;
}

TEST_F(Predict, RefusesWhatIsTooFarUnlessAskedTwice) {
  pretend_openmp();
  expect_refused({"predict", "f.h5", "--workers", "65"}, "65 workers are 8.12 times");
  const Printed far = scalelaw({"predict", "f.h5", "--workers", "65", "--far"});
  EXPECT_EQ(far.exit_code, 0) << far.err;
  const Printed some = scalelaw({"predict", "f.h5", "--workers", "16,65"});
  EXPECT_EQ(some.exit_code, 0) << some.err;
  EXPECT_NE(some.out.find("too far"), std::string::npos) << some.out;
}

TEST_F(Predict, SaysHowFarEfficiencyLasts) {
  pretend_openmp();
  const auto answer = json_of({"predict", "f.h5", "--efficiency", "75%"})
                          .at("series")[0]
                          .at("efficient_up_to")
                          .at(0);
  EXPECT_NEAR(answer.at("workers").get<double>(), 1 + (1 / 0.75 - 1) / 0.05, 2);
  EXPECT_LE(answer.at("low"), answer.at("workers"));
  EXPECT_GE(answer.at("high"), answer.at("workers"));
  const Printed printed = scalelaw({"predict", "f.h5", "--efficiency", "0.75"});
  EXPECT_NE(printed.out.find("above 75 % up to p"), std::string::npos) << printed.out;
}

/// The times of Amdahl's law with a serial share of 0.05, as a CSV file.
constexpr const char* amdahl_csv =
    "p,seconds\n1,100\n2,52.5\n4,28.75\n8,16.875\n16,10.9375\n32,7.96875\n";

TEST_F(Predict, ReadsSeriesOfOthers) {
  const std::string file = write("times.csv", amdahl_csv);
  const auto series = json_of({"predict", "--series", file, "--workers", "64"}).at("series").at(0);
  EXPECT_EQ(series.at("largest_measured"), 32);
  const auto& combined = series.at("laws").at(0);
  EXPECT_EQ(combined.at("law"), "combined");
  const auto& one = combined.at("predictions").at(0);
  EXPECT_NEAR(one.at("seconds").get<double>(), 6.484375, 0.7);
  EXPECT_LT(one.at("seconds_low"), one.at("seconds"));
  EXPECT_GT(one.at("seconds_high"), one.at("seconds"));
  double sum = 0;
  for (const auto& share : series.at("weights")) sum += share.at("weight").get<double>();
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST_F(Predict, ShowsHowWellItWouldHaveWorked) {
  const std::string file = write("times.csv", amdahl_csv);
  const auto series = json_of({"predict", "--series", file, "--hold-out", "2"}).at("series").at(0);
  EXPECT_EQ(series.at("largest_measured"), 8);
  const auto& one = series.at("laws").at(0).at("predictions").at(0);
  EXPECT_EQ(one.at("workers"), 32);
  EXPECT_DOUBLE_EQ(one.at("measured_seconds").get<double>(), 7.96875);
  const Printed printed = scalelaw({"predict", "--series", file, "--hold-out", "1"});
  EXPECT_NE(printed.out.find("measured, held out"), std::string::npos) << printed.out;
}

TEST_F(Predict, ReadsAFileThatWasMeasured) {
  const Printed printed = scalelaw({"predict", sample(), "--workers", "8,64", "--far"});
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
  expect_refused({"predict", sample()}, "nothing is asked for");
  expect_refused({"predict", "--workers", "4"}, "no file is given");
  expect_refused({"predict", sample(), "--series", "a.csv", "--workers", "4"}, "both");
  expect_refused({"predict", "--series", "none.csv", "--workers", "4"}, "none.csv: No such file");
  expect_refused({"predict", sample(), "--workers", "4", "--law", "moore"}, "no law 'moore'");
  expect_refused({"predict", sample(), "--workers", "4", "--hold-out", "1"}, "--hold-out");
  for (const char* level : {"0%", "100%", "1.5", "half", "3"}) {
    expect_refused({"predict", sample(), "--efficiency", level}, "not an efficiency");
  }
  expect_refused({"predict", sample(), "--workers", "0"}, "--workers: a count is 0");
  expect_refused({"predict", sample(), "--workers", "8,0"}, "--workers: a count is 0");
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
