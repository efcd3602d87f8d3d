// What a campaign prints when it ends.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/commands/campaign_files.hpp"
#include "harness/store/output_path.hpp"
#include "support/found_findings.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

std::string end_of(const Results& results) {
  testing::internal::CaptureStdout();
  (void)print_end(results, "r.h5");
  return testing::internal::GetCapturedStdout();
}

TEST(PrintEnd, CountsTheBusyLaunchesThatGaveTimes) {
  SyntheticCampaign out = good();
  Results& results = out.results();
  EXPECT_EQ(end_of(results).find("other work"), std::string::npos);
  results.launches[0].busy = results.launches[1].busy = true;
  results.launches[1].state = State::crashed;
  EXPECT_NE(end_of(results).find("1 of 49 timed launches ran while other work used the cores"),
            std::string::npos)
      << end_of(results);
}

TEST(FreeOutput, IsTheNextNameThatNothingHas) {
  const TemporaryFolder folder;
  const std::string stem = folder.path().string() + "/prime-20261130T000000Z";
  EXPECT_EQ(free_output(stem), stem);
  std::ofstream(stem + ".h5") << "results";
  EXPECT_EQ(free_output(stem), stem + "-2");
  std::ofstream(journal_path(stem + "-2.h5")) << "unfinished";
  EXPECT_EQ(free_output(stem), stem + "-3");
  std::filesystem::create_directories(stem + "-3");
  EXPECT_EQ(free_output(stem), stem + "-4");
}

TEST(PrintEnd, SaysNothingOfABusyMachineWhereNothingWasMeasured) {
  SyntheticCampaign out = good();
  Results& results = out.results();
  for (Launch& launch : results.launches) {
    launch.busy = true;
    launch.state = State::crashed;
  }
  for (Point& point : results.points) point.state = State::crashed;
  EXPECT_EQ(end_of(results).find("other work"), std::string::npos) << end_of(results);
  const Report report = make_report(results);
  EXPECT_TRUE(report.busy.empty());
  for (const Finding& finding : report.findings) {
    EXPECT_EQ(finding.text.find("quiet machine"), std::string::npos) << finding.text;
    EXPECT_EQ(finding.text.find("other work"), std::string::npos) << finding.text;
  }
}

}  // namespace
}  // namespace scalelaw::harness
