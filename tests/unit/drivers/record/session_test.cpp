#include "drivers/record/session.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

/// A launch whose passes take as long as `seconds_of` says of their number.
std::vector<json> record_of(const std::function<double(int pass)>& seconds_of,
                            std::int64_t batch = 0) {
  const TemporaryFolder folder;
  int passes = 0;
  Subject subject;
  subject.kernel = "none";
  subject.params = {{"input", "gr\xfcn"}};
  subject.phases = {{"compute", Role::parallel}};
  subject.pass = [&](bool) {
    PassTimes times;
    times.total_s = seconds_of(passes++);
    times.phases_s = {times.total_s};
    times.busy_s = {times.total_s};
    return times;
  };
  subject.facts = [] { return std::vector<Fact>{{"answer", "42"}}; };
  Options options;
  options.samples = 3;
  options.diagnostics = 1;
  options.batch = batch;
  options.record = folder / "record.jsonl";
  SerialTeam team;
  const auto comm = make_self_comm();
  testing::internal::CaptureStdout();
  EXPECT_EQ(
      measure({"scalelaw-none", "scalelaw", {"serial", "serial"}}, options, subject, team, *comm),
      0);
  testing::internal::GetCapturedStdout();
  std::vector<json> lines;
  std::ifstream file(options.record);
  for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line));
  return lines;
}

/// The shortest sample in steps of the clock.
double fewest_steps(const std::vector<json>& record) {
  const double batch = record.front().at("batch");
  const double step_s = record.front().at("timer").at("resolution_s");
  double fewest = 1e300;
  for (std::size_t i = 1; i + 1 < record.size(); ++i) {
    fewest = std::min(fewest, record[i].at("total_s").get<double>() * batch / step_s);
  }
  return fewest;
}

TEST(Session, NoSampleOfAnAutomaticBatchIsTooShort) {
  // Slow warm-ups, slow first samples, and passes that get faster all the time.
  for (const int slow : {0, 1, 11, 13, 14}) {
    const auto record = record_of([slow](int pass) { return pass < slow ? 4e-3 : 1e-6; });
    ASSERT_EQ(record.size(), 6U) << slow;
    EXPECT_EQ(record.front().at("record"), "header");
    for (int i = 0; i < 4; ++i) EXPECT_EQ(record[static_cast<std::size_t>(i) + 1].at("index"), i);
    EXPECT_EQ(record.back(), (json{{"record", "end"}, {"samples", 3}, {"verified", true}}));
    EXPECT_GE(fewest_steps(record), 1000) << slow;
  }
  EXPECT_GE(fewest_steps(record_of([](int pass) { return 1e-3 / (1 + pass); })), 1000);
}

TEST(Session, ABatchThatWasAskedForStays) {
  const auto record = record_of([](int) { return 1e-9; }, 2);
  ASSERT_EQ(record.size(), 6U);
  EXPECT_EQ(record.front().at("batch"), 2);
  EXPECT_LT(fewest_steps(record), 1000);
}

TEST(Session, ARecordCanBeWrittenWhateverTheNames) {
  EXPECT_EQ(record_of([](int) { return 1; }).front().at("params").at("input"), "gr\\xfcn");
}

}  // namespace
}  // namespace scalelaw::driver
