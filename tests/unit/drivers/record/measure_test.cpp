// What measure() makes of a pass: the record's lines, the judgement, the exit status.
#include <gtest/gtest.h>

#include <fstream>

#include "drivers/comm/together.hpp"
#include "drivers/record/session.hpp"
#include "support/pretended_comm.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::driver {
namespace {

using nlohmann::json;

const Identity identity{
    "scalelaw-both", "scalelaw", {.name = "both", .title = "Both", .ranked = true}};

/// A launch of two ranks that can be told what its passes are.
class Measure : public testing::Test {
 protected:
  Measure() {
    options_.warmups = 0;
    options_.samples = 2;
    options_.batch = 1;
    options_.record = folder_ / "r.jsonl";
    subject_.kernel = "thinking";
    subject_.params = {{"size", 3}};
    subject_.options = {{"schedule", "static"}, {"overlap", false}};
    subject_.phases = {{"think", Role::serial}, {"write", Role::transfer}};
    subject_.work = {.items = 4, .operations = 5, .amount = 6, .unit = "thoughts"};
    subject_.pass = [this](bool diagnostic) { return pass(diagnostic); };
    subject_.facts = [] { return std::vector<Fact>{{"answer", "42"}}; };
    subject_.verify = [] { return std::string(); };
  }

  /// The root thinks for a second and waits for the other rank, which thinks for three.
  PassTimes pass(bool diagnostic) {
    const json other{{"phases_s", {{"think", 3}, {"write", 0.5}}},
                     {"wait_s", 0.0},
                     {"computed_s", 3.0},
                     {"total_s", 3.5},
                     {"busy_s", {3.0}},
                     {"items", 3}};
    if (passes_++ >= options_.warmups) comm_.others = {other.dump()};  // samples are gathered
    return {.phases_s = {1, 2.25},
            .wait_s = diagnostic ? 1.75 : 0,
            .computed_s = 1,
            .total_s = 3.25,
            .busy_s = {1},
            .items = 1};
  }

  /// Measures, and reads the record's lines.
  int measured() {
    testing::internal::CaptureStdout();
    SerialTeam team;
    const int status = measure(identity, options_, subject_, team, comm_);
    printed_ = testing::internal::GetCapturedStdout();
    std::ifstream file(options_.record);
    for (std::string line; std::getline(file, line);) lines_.push_back(json::parse(line));
    return status;
  }

  TemporaryFolder folder_;
  Options options_;
  Subject subject_;
  PretendedComm comm_{2};
  int passes_ = 0;
  std::string printed_;
  std::vector<json> lines_;
};

TEST_F(Measure, WritesAHeaderOfWhatWasAskedFor) {
  options_.seed = 9;
  EXPECT_EQ(measured(), status_ok);
  ASSERT_EQ(lines_.size(), 4U);
  const json& header = lines_.front();
  EXPECT_EQ(header.at("schema"), 2);
  EXPECT_EQ(header.at("driver"), "scalelaw-both");
  EXPECT_EQ(header.at("implementation"), "scalelaw");
  EXPECT_EQ(header.at("model"), "both");
  EXPECT_EQ(header.at("kernel"), "thinking");
  EXPECT_EQ(header.at("params"), subject_.params);
  EXPECT_EQ(header.at("options"), subject_.options);
  EXPECT_EQ(header.at("seed"), 9);
  EXPECT_EQ(header.at("phases"), (json{{{"name", "think"}, {"role", "serial"}},
                                       {{"name", "write"}, {"role", "transfer"}}}));
  EXPECT_EQ(header.at("placement"), (json{{"nodes", 1}, {"ranks", 2}, {"threads", 1}}));
  EXPECT_EQ(header.at("ranks").size(), 2U);
  EXPECT_EQ(header.at("timer").at("name"), "pretended") << "the clock is the Comm's";
  EXPECT_EQ(header.at("mpi"), (json{{"library", "pretended 1.0"}, {"thread_level", "funneled"}}));
  EXPECT_EQ(header.at("verification"), "known_answer");
  for (const char* moved : {"schedule", "mode", "data", "distribution", "rank_chunk", "overlap"}) {
    EXPECT_FALSE(header.contains(moved)) << moved << " is among the options";
  }
  EXPECT_EQ(lines_.back(), (json{{"record", "end"}, {"samples", 2}, {"verified", true}}));
}

TEST_F(Measure, WritesThePhasesOfEachRankByTheirNames) {
  options_.diagnostics = 1;
  EXPECT_EQ(measured(), status_ok);
  ASSERT_EQ(lines_.size(), 5U);
  for (std::size_t i = 1; i <= 3; ++i) {
    const json& sample = lines_[i];
    EXPECT_EQ(sample.at("index"), i - 1);
    EXPECT_EQ(sample.at("diagnostic"), i == 3);
    EXPECT_EQ(sample.at("total_s"), 3.5) << "the slowest rank's";
    EXPECT_FALSE(sample.contains("phases_s") || sample.contains("stages"));
    EXPECT_EQ(sample.at("ranks")[0].at("phases_s"), (json{{"think", 1.0}, {"write", 2.25}}));
    EXPECT_EQ(sample.at("ranks")[1].at("phases_s"), (json{{"think", 3.0}, {"write", 0.5}}));
    EXPECT_EQ(sample.at("ranks")[0].at("wait_s"), i == 3 ? 1.75 : 2.0)
        << "measured in a diagnostic sample; else how much sooner it was done than the slowest";
    EXPECT_FALSE(sample.at("ranks")[0].contains("computed_s"));
    EXPECT_EQ(sample.at("facts"), (json{{"answer", "42"}}));
    EXPECT_TRUE(sample.at("verified"));
  }
}

TEST_F(Measure, EndsWithTwoWhenAResultIsWrong) {
  subject_.verify = [] { return std::string("42 is no answer"); };
  EXPECT_EQ(measured(), status_wrong_result);
  for (std::size_t i = 1; i <= 2; ++i) {
    EXPECT_EQ(lines_[i].at("fault"), "42 is no answer");
    EXPECT_EQ(lines_[i].at("verified"), false);
  }
  EXPECT_EQ(lines_.back().at("verified"), false);
  EXPECT_NE(printed_.find("WRONG: 42 is no answer"), std::string::npos) << printed_;
}

TEST_F(Measure, EndsWithTwoWhenASampleDiffers) {
  subject_.facts = [this] { return std::vector<Fact>{{"answer", passes_ == 2 ? "43" : "42"}}; };
  EXPECT_EQ(measured(), status_wrong_result);
  EXPECT_EQ(lines_[1].at("fault"), "");
  EXPECT_EQ(lines_[2].at("fault"), "the result differs from the first sample's");
  EXPECT_EQ(lines_.back().at("verified"), false);
}

TEST_F(Measure, SaysThatNoAnswerIsKnown) {
  subject_.verify = nullptr;
  EXPECT_EQ(measured(), status_ok);
  EXPECT_EQ(lines_.front().at("verification"), "repeatable");
}

TEST_F(Measure, RunsAsManyPassesAsAskedFor) {
  options_.warmups = 3;
  options_.samples = 4;
  options_.diagnostics = 2;
  options_.batch = 5;
  EXPECT_EQ(measured(), status_ok);
  EXPECT_EQ(passes_, 3 + 5 * (4 + 2));
  EXPECT_EQ(lines_[1].at("ranks")[0].at("total_s"), 3.25) << "of a pass, and not of five";
}

TEST_F(Measure, WritesFilesAndStagesOnce) {
  int written = 0;
  subject_.write = [&] { ++written; };
  subject_.stages = [] { return std::vector<Stage>{{"read", 0.5}, {"write", 0.25}}; };
  EXPECT_EQ(measured(), status_ok);
  EXPECT_EQ(written, 1);
  EXPECT_EQ(lines_[1].at("stages"),
            (json{{{"stage", "read"}, {"busy_s", 0.5}}, {{"stage", "write"}, {"busy_s", 0.25}}}));
}

TEST_F(Measure, NeedsNoRecord) {
  options_.record.clear();
  EXPECT_EQ(measured(), status_ok);
  EXPECT_EQ(lines_.size(), 0U);
  EXPECT_NE(printed_.find("verified"), std::string::npos) << printed_;
}

TEST_F(Measure, SaysThatARecordCannotBeWritten) {
  options_.record = folder_ / "none/r.jsonl";
  SerialTeam team;
  EXPECT_THROW((void)measure(identity, options_, subject_, team, comm_), SharedError);
  EXPECT_EQ(passes_, 0) << "said before anything is measured";
}

TEST(NatureOf, FollowsFromTheOptions) {
  Options options;
  EXPECT_EQ(nature_of(options).task, "");
  EXPECT_TRUE(nature_of(options).diagnostics);
  EXPECT_EQ(nature_of(options).exchange, Exchange::reduce);
  options.data = Data::scatter;
  EXPECT_EQ(nature_of(options).exchange, Exchange::scatter);
  options.overlap = true;
  EXPECT_EQ(nature_of(options).exchange, Exchange::other);
  options = {};
  options.distribution = Distribution::dynamic;
  EXPECT_EQ(nature_of(options).exchange, Exchange::other);
  options = {};
  options.mode = Mode::pipeline;
  EXPECT_EQ(nature_of(options).task, "pipeline");
  EXPECT_FALSE(nature_of(options).diagnostics);
}

TEST(WorkToJson, OmitsWhatIsTheDefault) {
  const Work work{.items = 1, .operations = 2, .amount = 3, .unit = "x"};
  const json plain = to_json(work, {});
  for (const char* key : {"task", "diagnostics", "exchange", "holds"})
    EXPECT_FALSE(plain.contains(key)) << key;
  EXPECT_EQ(plain.at("items"), 1);
  EXPECT_EQ(plain.at("unit"), "x");
  const json full = to_json(work, {.task = "pipeline",
                                   .diagnostics = false,
                                   .exchange = Exchange::other,
                                   .holds = {Part::whole, Part::nothing}});
  EXPECT_EQ(full.at("task"), "pipeline");
  EXPECT_EQ(full.at("diagnostics"), false);
  EXPECT_EQ(full.at("exchange"), "other");
  EXPECT_EQ(full.at("holds"), (json{{"root", "whole"}, {"others", "nothing"}}));
}

}  // namespace
}  // namespace scalelaw::driver
