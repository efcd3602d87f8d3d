#include "harness/render/failures.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Three points: one that crashed twice, one that was interrupted, one that is well.
Results failed_campaign() {
  SyntheticCampaign campaign(1, 6, 0.01);
  for (const std::int64_t p : {1, 2, 4})
    campaign.add(0, "k", models::mpi, {1, p, 1}, {.compute_s = 1});
  Results& results = campaign.results();
  results.points[1].state = State::crashed;
  results.points[1].reason = "exit code 3: no memory";
  results.points[2].state = State::pending;
  for (const std::size_t i : {7U, 9U}) {
    Launch& launch = results.launches[i];
    launch.state = State::crashed;
    launch.cause = i == 7U ? Cause::driver : Cause::file_system;
    launch.exit_code = 3;
    launch.started = "2026-01-02T03:04:05Z";
    launch.reason = "exit code 3: no memory";
    launch.command = "mpirun -np 2 -x 'A=b c' " + std::string(60, 'p') + " " + std::string(60, 'q');
    launch.log_tail = "first line\n\n  " + std::string(300, 'l') + "\nlast line\n";
  }
  return results;
}

TEST(Failures, AreOfFailedAndPendingPoints) {
  const auto failures = failures_of(failed_campaign());
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].point, 1);
  EXPECT_EQ(failures[0].launches, (std::vector<std::int64_t>{7, 9}));
  EXPECT_EQ(failures[0].good, 4);
  EXPECT_EQ(failures[1].point, 2);
  EXPECT_TRUE(failures[1].launches.empty());
}

TEST(Failures, OfAPointThatWasMeasuredAnewAreForgotten) {
  Results results = failed_campaign();
  results.points[1].state = State::converged;
  EXPECT_EQ(failures_of(results).size(), 2U) << "a launch was lost on the way";
  for (Launch& launch : results.launches) launch.superseded = launch.state == State::crashed;
  EXPECT_EQ(failures_of(results).size(), 1U);
}

TEST(Failures, AreShownWithAllThatExplainsThem) {
  const std::string text = as_text(failures_sections(failed_campaign()));
  for (const char* part :
       {"k size=1000000000, mpi 1x2x1: crashed", "reason: exit code 3: no memory",
        "2 launches failed, 4 succeeded", "launch 7 at 2026-01-02T03:04:05Z",
        "crashed, exit code 3, after 0 s; cause: driver", "cause: file_system",
        "mpirun -np 2 -x 'A=b c' ppp", "first line", "last line", "1x4x1: pending",
        "0 launches failed, 6 succeeded"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 120U) << line;
}

/// The lines of the command, joined as a shell joins them, are the command.
TEST(Failures, ShowACommandThatAShellTakes) {
  const Results results = failed_campaign();
  const std::string text = as_text(failures_sections(results));
  const std::size_t begin = text.find("mpirun"), end = text.find("\n  end of its log", begin);
  std::string command = text.substr(begin, end - begin);
  for (std::size_t at = command.find(" \\\n"); at != std::string::npos;
       at = command.find(" \\\n")) {
    std::size_t next = command.find_first_not_of(' ', at + 3);
    command.replace(at, next - at, " ");
  }
  EXPECT_EQ(command, results.launches[7].command);
}

TEST(Failures, AreInJsonWithTheWholeLog) {
  const Results results = failed_campaign();
  const auto json = nlohmann::json::parse(failures_json(results));
  ASSERT_EQ(json["failures"].size(), 2U);
  EXPECT_EQ(json["failures"][0]["state"], "crashed");
  const auto& launch = json["failures"][0]["launches"].at(1);
  EXPECT_EQ(launch["cause"], "file_system");
  EXPECT_EQ(launch["exit_code"], 3);
  EXPECT_EQ(launch["log_tail"], results.launches[9].log_tail);
}

TEST(Failures, SayWhenThereAreNone) {
  SyntheticCampaign campaign(1, 6, 0.01);
  campaign.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  EXPECT_NE(as_text(failures_sections(campaign.results())).find("no point failed"),
            std::string::npos);
}

/// A log that is no UTF-8 must not cost the report.
TEST(Failures, SurviveALogOfOtherBytes) {
  Results results = failed_campaign();
  results.launches[7].log_tail = "gr\xfcn";
  EXPECT_NE(failures_json(results).find("gr"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
