// Which model to choose for which size.
#include "cli/campaigns.hpp"

namespace scalelaw::harness {
namespace {

class Advise : public CliOfResults {};

TEST_F(Advise, ChoosesTheModelWithTheLeastTimeAtEachSize) {
  if (!std::filesystem::exists(std::filesystem::path(SCALELAW_PROGRAM).parent_path() /
                               "scalelaw-openmp")) {
    GTEST_SKIP() << "scalelaw-openmp is not built";
  }
  pretend("models = [\"serial\", \"openmp\"]\nsize = [1e5, 1e6, 1e7]\nthreads = [1, 4]", "f.h5");
  // From the second size on, what several threads do takes a hundred times as long.
  edit("f.h5", "turned.h5", [](Results& results) {
    for (Sample& sample : results.samples) {
      const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
      const Point& point = results.points[static_cast<std::size_t>(launch.point)];
      if (point.placement.threads > 1 && point.params.at("operations") > 200'000) {
        sample.total_s *= 100;
      }
    }
  });
  const Printed printed = scalelaw({"advise", "turned.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  for (const char* part : {"calibration items=16: which strategy is fastest?", "PRETENDED TIMES",
                           "100000  openmp 1x1x4", "1000000  serial 1x1x1"}) {
    EXPECT_NE(printed.out.find(part), std::string::npos) << part << "\n" << printed.out;
  }
  const auto json = json_of({"advise", "turned.h5"});
  EXPECT_EQ(json.at("clock"), "pretended");
  ASSERT_EQ(json.at("contests").size(), 1U);
  EXPECT_EQ(json["contests"][0].at("size_name"), "operations");
  EXPECT_EQ(json["contests"][0].at("strategies").size(), 3U);
  const Printed markdown = scalelaw({"advise", "turned.h5", "--format", "markdown"});
  EXPECT_EQ(markdown.exit_code, 0) << markdown.err;
  EXPECT_NE(markdown.out.find("| openmp 1x1x4 |"), std::string::npos) << markdown.out;
}

TEST_F(Advise, RefusesANumberOfCoresThatIsNone) {
  for (const char* cores : {"0", "-2"}) {
    const Printed printed = scalelaw({"advise", sample(), "--cores", cores});
    EXPECT_EQ(printed.exit_code, 1) << printed.out;
    EXPECT_NE(printed.err.find(std::string("'") + cores + "' is not a number above 0"),
              std::string::npos)
        << printed.err;
  }
}

TEST_F(Advise, SaysWhatACampaignWouldNeed) {
  const Printed printed = scalelaw({"advise", sample()});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("no kernel was run at several sizes"), std::string::npos)
      << printed.out;
  EXPECT_NE(printed.out.find("size = ["), std::string::npos) << "the remedy\n" << printed.out;
  EXPECT_TRUE(json_of({"advise", sample()}).at("contests").empty());
}

TEST_F(Advise, RefusesWhatIsNoFile) {
  expect_files_refused({"advise"});
  expect_refused({"advise"}, "file");
  expect_refused({"advise", sample(), "--format", "csv"}, "csv not in {table,json,markdown}");
  expect_refused({"advise", sample(), "--format", "xml"}, "xml not in {table,json,markdown}");
  expect_refused({"advise", sample(), sample()}, "schema_1.h5");
}

}  // namespace
}  // namespace scalelaw::harness
