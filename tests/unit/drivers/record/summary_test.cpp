#include "drivers/record/summary.hpp"

#include <gtest/gtest.h>

namespace scalelaw::driver {
namespace {

using nlohmann::json;

const Identity identity{"scalelaw-both", "scalelaw", {.name = "both", .title = "Both"}};

json sample(double total_s, const std::string& fault = "", bool diagnostic = false) {
  return {{"total_s", total_s},
          {"diagnostic", diagnostic},
          {"fault", fault},
          {"facts", {{"answer", "42"}}}};
}

Subject subject(const char* unit = "numbers") {
  Subject out;
  out.kernel = "thinking";
  out.work = {.amount = 2e9, .unit = unit};
  out.verify = [] { return std::string(); };
  return out;
}

std::string text_of(const std::vector<json>& samples, const Subject& of = subject(),
                    const Options& options = {}, int threads = 2, int ranks = 3) {
  Summary summary;
  for (const json& one : samples) summary.add(one);
  return summary.text(identity, options, of, threads, ranks);
}

/// What stands behind the name in a line of the text; "-" when there is no such line.
std::string value(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n  " + name + " ");
  if (at == std::string::npos) return "-";
  const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  return line.substr(20);
}

TEST(Summary, SaysWhatRanAndWhatCameOut) {
  const std::string text = text_of({sample(1), sample(3), sample(2)});
  EXPECT_EQ(text.substr(0, text.find(", 2 thr")), "thinking: both, 3 ranks");
  EXPECT_EQ(value(text, "answer"), "42");
  EXPECT_EQ(value(text, "time"), "2.00 s (median of 3; 1.00 s to 3.00 s)");
  EXPECT_EQ(value(text, "rate"), "1e+09 numbers/s");
  EXPECT_EQ(value(text, "result"), "verified");
  EXPECT_EQ(value(text, "record"), "-");
}

TEST(Summary, CountsOneOfAKind) {
  const std::string text = text_of({sample(1)}, subject(), {}, 1, 1);
  EXPECT_NE(text.find("1 rank, 1 thread, "), std::string::npos) << text;
  EXPECT_NE(text_of({sample(1)}).find("3 ranks, 2 threads each, "), std::string::npos);
}

TEST(Summary, TakesTheMedianOfAnEvenNumberInTheMiddle) {
  EXPECT_EQ(value(text_of({sample(1), sample(2), sample(4), sample(8)}), "time"),
            "3.00 s (median of 4; 1.00 s to 8.00 s)");
}

TEST(Summary, LeavesDiagnosticSamplesOutOfTheTime) {
  EXPECT_EQ(value(text_of({sample(1), sample(9, "", true)}), "time"),
            "1.00 s (median of 1; 1.00 s to 1.00 s)");
}

TEST(Summary, KnowsTheUnitsOfRates) {
  EXPECT_EQ(value(text_of({sample(2)}, subject("bytes")), "rate"), "1.00 GB/s");
  EXPECT_EQ(value(text_of({sample(2)}, subject("pixels")), "rate"), "1000.0 Mpixel/s");
}

TEST(Summary, NeverForgetsAFault) {
  const std::string text =
      text_of({sample(1), sample(1, "41 is not 42"), sample(1, "nor 43"), sample(1)});
  EXPECT_EQ(value(text, "result"), "WRONG: 41 is not 42");
}

TEST(Summary, DistinguishesVerifiedFromRepeated) {
  Subject given = subject();
  given.verify = nullptr;
  EXPECT_EQ(value(text_of({sample(1)}, given), "result"),
            "the same in every sample (no known answer)");
}

TEST(Summary, NamesTheRecord) {
  Options options;
  options.record = "r.jsonl";
  EXPECT_EQ(value(text_of({sample(1)}, subject(), options), "record"), "r.jsonl");
}

TEST(Summary, ShowsStagesAndHowManyWereBusyAtOnce) {
  json one = sample(2);
  one["stages"] = {{{"stage", "read"}, {"busy_s", 1.0}}, {{"stage", "write"}, {"busy_s", 4.0}}};
  const std::string text = text_of({one});
  EXPECT_EQ(value(text, "stages"), "read 1.00 s, write 4.00 s (busy, last sample)");
  EXPECT_EQ(value(text, "overlap"), "2.50 stages at once");
}

TEST(Summary, OfNoSampleIsOneLine) {
  const std::string text = text_of({});
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
}

}  // namespace
}  // namespace scalelaw::driver
