// Results files over time: what is lined up, what is refused, and what a script can read.
#include <algorithm>

#include "cli/campaigns.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class History : public CliOfResults {
 protected:
  /// A folder "r" of two campaigns of two points.
  void SetUp() override {
    CliOfResults::SetUp();
    pretend("models = \"serial\"\nsize = [1e5, 1e6]", "one.h5");
    fs::create_directories(folder_ / "r");
    for (int i = 0; i < 2; ++i) make(i);
  }

  /// Twenty campaigns in it; from the eleventh on, times are 5 % longer.
  void fill() const {
    for (int i = 2; i < 20; ++i) make(i);
  }

  void make(int number) const {
    edit("one.h5", name_of(number), [number](Results& results) {
      results.started = "2026-02-" + std::string(number < 9 ? "0" : "") +
                        std::to_string(number + 1) + "T00:00:00Z";
      results.environment["build.revision"] = number < 10 ? "old" : "new";
      std::uint64_t noise = 12345 + static_cast<std::uint64_t>(number);
      for (Sample& sample : results.samples) {
        noise = noise * 6364136223846793005U + 1442695040888963407U;
        sample.total_s *= 1 + 0.004 * static_cast<double>(noise >> 40) / (1 << 24);
        if (number >= 10) sample.total_s *= 1.05;
      }
    });
  }

  static std::string name_of(int number) { return "r/run-" + std::to_string(number) + ".h5"; }
};

TEST_F(History, FindsTheStepInAFolder) {
  fill();
  const Printed printed = scalelaw({"history", "r"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  const std::string& text = printed.out;
  EXPECT_EQ(text.find("History of 2 points in 20 campaigns"), 0U) << text;
  EXPECT_LT(text.find("PRETENDED TIMES"), text.find("take more time from campaign 11")) << text;
  EXPECT_NE(text.find("build.revision old -> new"), std::string::npos) << text;
  EXPECT_NE(text.find("\nSteps\n"), std::string::npos) << text;
  const Printed quiet = scalelaw({"history", "-q", "r"});
  EXPECT_EQ(quiet.out.find("\nSteps\n"), std::string::npos) << quiet.out;
  EXPECT_NE(quiet.out.find("take more time"), std::string::npos) << quiet.out;
}

TEST_F(History, PrintsTheSameInEveryFormat) {
  fill();
  const auto json = json_of({"history", "r"});
  EXPECT_EQ(json.at("false_alarms"), 0.01);
  ASSERT_EQ(json.at("campaigns").size(), 20U);
  EXPECT_EQ(json["campaigns"][9].at("file"), "r/run-9.h5") << "10 comes after 9";
  for (const auto& line : json.at("lines")) {
    ASSERT_EQ(line.at("steps").size(), 1U);
    EXPECT_EQ(line["steps"][0].at("campaign"), 10);
    EXPECT_EQ(line.at("clock"), "pretended");
  }
  const std::string csv = scalelaw({"history", "r", "--format", "csv"}).out;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 41) << csv;
  const std::string markdown = scalelaw({"history", "r", "--format", "markdown"}).out;
  EXPECT_NE(markdown.find("| #11 |"), std::string::npos) << markdown;
}

TEST_F(History, TakesFilesFoldersAndFilters) {
  std::vector<std::string> words{"history",        "r",   "r/run-1.h5", "--filter", "model=serial",
                                 "--false-alarms", "0.05"};
  const auto json = json_of(words);
  EXPECT_EQ(json.at("false_alarms"), 0.05);
  EXPECT_EQ(json.at("campaigns").size(), 2U);
  ASSERT_EQ(json.at("omitted").size(), 1U);
  EXPECT_EQ(json["omitted"][0].at("file"), "r/run-1.h5");
  const Printed one = scalelaw({"history", "one.h5"});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_NE(one.out.find("fewer than 10 campaigns"), std::string::npos) << one.out;
}

TEST_F(History, NamesFilesOfAFolderThatAreNoResults) {
  (void)write("r/notes.h5", "no results at all\n");
  (void)write("r/notes.txt", "ignored\n");
  const auto json = json_of({"history", "r"});
  EXPECT_EQ(json.at("campaigns").size(), 2U);
  ASSERT_EQ(json.at("omitted").size(), 1U);
  EXPECT_EQ(json["omitted"][0].at("file"), "r/notes.h5");
}

TEST_F(History, RefusesWhatItCannotUse) {
  expect_refused({"history", "none.h5"}, "'none.h5'");
  expect_refused({"history", write("text.h5", "no results at all\n"), "r"}, "'text.h5'");
  fs::create_directories(folder_ / "empty");
  expect_refused({"history", "empty"}, "the folder 'empty' has no results files");
  fs::create_directories(folder_ / "strange");
  (void)write("strange/text.h5", "no results at all\n");
  expect_refused({"history", "strange"}, "no file in 'strange' can be used");
  expect_refused({"history", "r", "--filter", "kernel=nothing"}, "no point");
  expect_refused({"history", "r", "--filter", "colour=red"}, "'colour=red' is not a filter");
  for (const char* rate : {"0", "60%", "much", "-1%", "nan", "0.0005"}) {
    expect_refused({"history", "r", "--false-alarms", rate}, "is not a rate of false alarms");
  }
  expect_refused({"history", "r", "--format", "xml"}, "xml not in {table,json,csv,markdown,latex}");
  expect_refused({"history"}, "files");
}

}  // namespace
}  // namespace scalelaw::harness
