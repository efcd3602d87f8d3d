// What the tables of predictions say beside their numbers.
#include "harness/render/predict.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "common/error.hpp"
#include "harness/analysis/forecast.hpp"
#include "support/one_line.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

SyntheticCampaign campaign(const std::vector<std::int64_t>& counts, int kernels = 1) {
  SyntheticCampaign out(1, 6, 0.002);
  for (int i = 0; i < kernels; ++i) {
    for (const std::int64_t p : counts) {
      out.add(i, "k" + std::to_string(i), models::openmp, {1, 1, p},
              {.prepare_s = 0.05, .compute_s = 0.95 / static_cast<double>(p)});
    }
  }
  return out;
}

std::string said(const Results& results, const Question& question) {
  return one_line(as_text(predict_sections(results, question)));
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

void expect_says(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(PredictWords, SayHowFarOffInTimes) {
  SyntheticCampaign out = campaign({1, 2, 4, 8});
  // 2^0.30 = 1.23 and 2^1.1 = 2.14; 8^0.30 = 1.87 and 8^1.1 = 9.85.
  expect_says(said(out.results(), {.workers = {16}}),
              "half of the times were within 23 % of such predictions, and one in ten took more "
              "than 2.14 times as long or as short");
  expect_says(said(out.results(), {.workers = {64}}),
              "half of the times were at most 1.87 times as long or as short as such predictions, "
              "and one in ten took more than 9.85 times as long or as short");
}

TEST(PredictWords, SayTheSameOnce) {
  SyntheticCampaign out = campaign({1, 2, 4, 8}, 3);
  const std::string text = said(out.results(), {.workers = {16}});
  EXPECT_EQ(times(text, "a turn cannot be seen from below"), 1U) << text;
  EXPECT_EQ(times(text, "see notes 1, 2 below"), 3U) << text;
  EXPECT_EQ(times(text, "Measure p=16 next (it needs 16 cores), because the time of k"), 1U)
      << text;
  expect_says(text, "note 1: p=16 is 2 times");
  SyntheticCampaign alone = campaign({1, 2, 4, 8});
  EXPECT_EQ(times(said(alone.results(), {.workers = {16}}), "see note"), 0U);
}

TEST(PredictWords, NameABaselineThatWasNotMeasured) {
  SyntheticCampaign out = campaign({4, 8, 16});
  const std::string text = said(out.results(), {.workers = {32}, .efficiencies = {0.5}});
  expect_says(text, "baseline: one worker, by Amdahl: ");
  expect_says(text, "it was not measured");
  expect_says(text, "the efficiency asked for is against p=4");
  SyntheticCampaign whole = campaign({1, 2, 4});
  EXPECT_EQ(said(whole.results(), {.workers = {8}}).find("baseline"), std::string::npos);
}

TEST(PredictWords, CompareWhatWasHeldOut) {
  SyntheticCampaign out = campaign({1, 2, 4, 8});
  for (Launch& launch : out.results().launches) launch.busy = launch.point == 3;
  const std::string text = said(out.results(), {.hold_out = 1});
  expect_says(text, "measured, held out 5.9");
  expect_says(text, "from what was measured, which lies inside its band");
  expect_says(text, "what was held out is marked: busy");
  EXPECT_EQ(said(campaign({1, 2, 4, 8}).results(), {.hold_out = 1}).find("is marked"),
            std::string::npos);
}

TEST(PredictWords, SayHowManyCanBeHeldOut) {
  SyntheticCampaign out = campaign({1, 2, 4, 8});
  EXPECT_NO_THROW(check_question(out.results(), {.hold_out = 2}));
  try {
    check_question(out.results(), {.hold_out = 3});
    FAIL() << "too many are held out";
  } catch (const Error& error) {
    expect_says(error.what(), "--hold-out 3 leaves fewer than two worker counts");
    EXPECT_EQ(error.hint(), "give at most --hold-out 2");
  }
  EXPECT_THROW(check_question(campaign({1, 2}).results(), {.hold_out = 1}), Error);
}

TEST(PredictWords, WidenEveryBandByItsDistance) {
  SyntheticCampaign out = campaign({1, 2, 4, 8});
  const Results& results = out.results();
  const auto views = views_of(results, {.workers = {64}, .laws = {"amdahl"}});
  const Foresight seen = foresight_of(views.at(0), index_samples(results));
  std::size_t checked = 0;
  for (const Outlook& row : seen.rows) {
    if (row.law != "amdahl") continue;
    const Prediction& p = row.predictions.at(0);
    EXPECT_LT(p.low, p.speedup / 10) << row.title;  // 8^-2.4 or 64^-2.4 of it
    ++checked;
  }
  EXPECT_EQ(checked, 2U) << "a priori and fitted";
}

TEST(PredictWords, WidenBandsBelowTheFewestWorkers) {
  SyntheticCampaign out = campaign({4, 8, 16});
  const Results& results = out.results();
  const auto views = views_of(results, {.workers = {1}, .laws = {"amdahl"}});
  const Foresight seen = foresight_of(views.at(0), index_samples(results));
  for (const Outlook& row : seen.rows) {
    if (row.law != "amdahl" || row.predictions.empty()) continue;
    EXPECT_LT(row.predictions[0].low, 0.5 * row.predictions[0].speedup);
  }
}

TEST(PredictWords, ShowNumbersThatAreAlikeAlike) {
  SyntheticCampaign out = campaign({1, 2, 4, 8});
  const std::string text = said(out.results(), {.workers = {1, 16}, .efficiencies = {0.0001}});
  expect_says(text, "above 0.01 % up to p");
  expect_says(text, "combined 1.00 [");
}

}  // namespace
}  // namespace scalelaw::harness
