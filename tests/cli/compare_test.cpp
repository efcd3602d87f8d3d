// Two results files side by side: exit statuses that a script can go by, and what is refused.
#include <algorithm>

#include "cli/campaigns.hpp"

namespace scalelaw::harness {
namespace {

class Compare : public CliOfResults {
 protected:
  void SetUp() override {
    CliOfResults::SetUp();
    pretend("models = \"serial\"\nsize = [1e5, 1e6]", "old.h5");
  }

  /// The old file's results with all times `factor` times as long.
  void stretch(double factor, const std::string& to) const {
    edit("old.h5", to, [factor](Results& results) {
      for (Sample& sample : results.samples) sample.total_s *= factor;
    });
  }

  /// The old file's results with the first point crashed.
  static void crash_the_first(Results& results) {
    results.points.front().state = State::crashed;
    for (Launch& launch : results.launches) {
      if (launch.point == 0) launch.state = State::crashed;
    }
  }
};

TEST_F(Compare, FindsAFileLikeItself) {
  const Printed printed = scalelaw({"compare", "old.h5", "old.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("0 faster, 0 slower, 2 same, 0 undecided, 0 missing at a tolerance"),
            std::string::npos)
      << printed.out;
}

TEST_F(Compare, EndsWithFourWhenSomethingBecameSlower) {
  stretch(1.5, "slow.h5");
  const Printed slower = scalelaw({"compare", "old.h5", "slow.h5"});
  EXPECT_EQ(slower.exit_code, 4) << slower.out;
  EXPECT_NE(slower.out.find("2 slower"), std::string::npos) << slower.out;
  EXPECT_EQ(scalelaw({"compare", "old.h5", "slow.h5", "--tolerance", "1"}).exit_code, 0);
  const Printed faster = scalelaw({"compare", "slow.h5", "old.h5"});
  EXPECT_EQ(faster.exit_code, 0) << faster.out;
  EXPECT_NE(faster.out.find("2 faster"), std::string::npos) << faster.out;
}

TEST_F(Compare, EndsWithThreeWhenAPointFailsNow) {
  edit("old.h5", "broken.h5", crash_the_first);
  const Printed failed = scalelaw({"compare", "old.h5", "broken.h5"});
  EXPECT_EQ(failed.exit_code, 3) << failed.out;
  EXPECT_NE(failed.out.find("crashed"), std::string::npos) << failed.out;
  EXPECT_EQ(scalelaw({"compare", "broken.h5", "old.h5"}).exit_code, 0) << "it was so before";
  stretch(1.5, "slow.h5");
  edit("slow.h5", "both.h5", crash_the_first);
  EXPECT_EQ(scalelaw({"compare", "old.h5", "both.h5"}).exit_code, 4) << "slower comes first";
}

TEST_F(Compare, TellsPointsThatOneFileLacks) {
  edit("old.h5", "more.h5", [](Results& results) {
    results.points.push_back(results.points.front());
    results.points.back().id += " --twice";
  });
  const Printed printed = scalelaw({"compare", "old.h5", "more.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("not compared: 0 points only in the old file, 1 only in the new"),
            std::string::npos)
      << printed.out;
}

TEST_F(Compare, PrintsTheSameInEveryFormat) {
  stretch(1.5, "slow.h5");
  const auto json = json_of({"compare", "old.h5", "slow.h5"});
  EXPECT_EQ(json.at("tolerance"), 0.05);
  EXPECT_EQ(json.at("clock"), "pretended");
  ASSERT_EQ(json.at("points").size(), 2U);
  for (const auto& point : json["points"]) {
    EXPECT_EQ(point.at("verdict"), "slower");
    EXPECT_NEAR(point.at("ratio").get<double>(), 1.5, 1e-9);
    EXPECT_LT(point.at("low"), 1.5);
    EXPECT_GT(point.at("high"), 1.5);
  }
  const std::string csv = scalelaw({"compare", "old.h5", "slow.h5", "--format", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3) << csv;
  EXPECT_EQ(csv.substr(0, 3), "id,");
  const std::string markdown =
      scalelaw({"compare", "old.h5", "slow.h5", "--format", "markdown"}).out;
  EXPECT_NE(markdown.find("| slower |"), std::string::npos) << markdown;
}

TEST_F(Compare, ComparesSeveralFilesWithTheFirst) {
  stretch(1.5, "slow.h5");
  edit("old.h5", "broken.h5", crash_the_first);
  const Printed both = scalelaw({"compare", "old.h5", "broken.h5", "slow.h5"});
  EXPECT_EQ(both.exit_code, 4) << both.out;
  EXPECT_NE(both.out.find("2 files compared with 'pretended'"), std::string::npos) << both.out;
  EXPECT_EQ(scalelaw({"compare", "old.h5", "broken.h5", "old.h5"}).exit_code, 3);
  EXPECT_EQ(scalelaw({"compare", "old.h5", "old.h5", "old.h5"}).exit_code, 0);
  const auto json = json_of({"compare", "old.h5", "old.h5", "slow.h5"});
  ASSERT_EQ(json.at("comparisons").size(), 2U);
  EXPECT_EQ(json["comparisons"][1].at("new_file"), "slow.h5");
  EXPECT_EQ(json["comparisons"][1].at("points")[0].at("verdict"), "slower");
  auto alone = json_of({"compare", "old.h5", "slow.h5"});
  alone["new_file"] = "slow.h5";
  EXPECT_EQ(json["comparisons"][1], alone);
  const std::string csv =
      scalelaw({"compare", "old.h5", "old.h5", "slow.h5", "--format", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5) << csv;
  EXPECT_EQ(csv.substr(0, 12), "new_file,id,");
  expect_refused({"compare", "old.h5", "old.h5", sample()}, "schema_1.h5': the two files have no");
}

TEST_F(Compare, WritesJunit) {
  stretch(1.5, "slow.h5");
  const Printed printed = scalelaw({"compare", "old.h5", "slow.h5", "--format", "junit"});
  EXPECT_EQ(printed.exit_code, 4) << printed.err;
  EXPECT_EQ(printed.out.substr(0, 5), "<?xml");
  EXPECT_NE(printed.out.find("failures=\"2\""), std::string::npos) << printed.out;
}

TEST_F(Compare, RefusesWhatCannotBeCompared) {
  expect_refused({"compare", "old.h5", "none.h5"}, "'none.h5'");
  expect_files_refused({"compare", "old.h5"});
  expect_refused({"compare", "old.h5", sample()}, "no point in common");
  edit("old.h5", "measured.h5", [](Results& results) {
    for (Point& point : results.points) point.clock = TimeSource::measured;
  });
  expect_refused({"compare", "old.h5", "measured.h5"},
                 "pretended in the old file and measured in the new one");
  for (const char* tolerance : {"-0.01", "nan"}) {
    expect_refused({"compare", "old.h5", "old.h5", "--tolerance", tolerance}, "tolerance");
  }
  expect_refused({"compare", "old.h5", "old.h5", "--tolerance", "much"}, "tolerance");
  expect_refused({"compare", "old.h5", "old.h5", "--format", "xml"},
                 "xml not in {table,json,csv,markdown,latex,junit}");
  expect_refused({"compare", "old.h5"}, "new");
}

}  // namespace
}  // namespace scalelaw::harness
