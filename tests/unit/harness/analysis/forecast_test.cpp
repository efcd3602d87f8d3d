#include "harness/analysis/forecast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "common/error.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

using Curve = std::function<double(double p)>;

double amdahl_s(double p) {
  return 0.05 + 0.95 / p;
}

Results campaign(const std::vector<std::int64_t>& counts, const Curve& seconds,
                 double noise = 0.002) {
  SyntheticCampaign out(1, 6, noise);
  for (const std::int64_t p : counts) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = seconds(static_cast<double>(p))});
  }
  return out.results();
}

Foresight foresee(const Results& results, const Question& question) {
  return foresight_of(views_of(results, question).at(0), index_samples(results));
}

TEST(Forecast, FindsWhereEfficiencyEndsAmongMeasuredPoints) {
  const Results results = campaign({1, 2, 4, 8, 16, 32}, amdahl_s);
  const Foresight seen = foresee(results, {.efficiencies = {0.75}});
  ASSERT_EQ(seen.efficient.size(), 1U);
  const double truth = 1 + (1 / 0.75 - 1) / 0.05;  // 1/(0.05 p + 0.95) = 0.75
  EXPECT_NEAR(seen.efficient.front().workers, truth, 1);
  EXPECT_LE(seen.efficient.front().low, 4) << "not below what was measured on both sides";
  EXPECT_GE(seen.efficient.front().high, 8);
  EXPECT_EQ(seen.efficient.front().against, 1);
}

TEST(Forecast, AnswersForEachEfficiency) {
  const Results results = campaign({1, 2, 4, 8, 16, 32}, amdahl_s);
  const auto answers = foresee(results, {.efficiencies = {0.9, 0.5}}).efficient;
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].level, 0.9);
  EXPECT_EQ(answers[1].level, 0.5);
  EXPECT_LT(answers[0].workers, answers[1].workers);
  EXPECT_EQ(answers[1].workers, foresee(results, {.efficiencies = {0.5}}).efficient.at(0).workers);
}

TEST(Forecast, EfficiencyIsOneAtTheBaselineWhateverTheNoise) {
  const Results results = campaign(
      {1, 2, 4}, [](double p) { return 0.5 + 0.5 / p; }, 0.3);
  EXPECT_GE(foresee(results, {.efficiencies = {0.9}}).efficient.front().low, 1);
}

TEST(Forecast, FindsWhereEfficiencyEndsBeyondThem) {
  const Results results = campaign({1, 2, 4, 8}, amdahl_s);
  const Foresight seen = foresee(results, {.efficiencies = {0.5}});
  ASSERT_EQ(seen.efficient.size(), 1U);
  EXPECT_NEAR(seen.efficient.front().workers, 21, 4);
  EXPECT_LT(seen.efficient.front().low, 21);
  EXPECT_GE(seen.efficient.front().low, 8);
  EXPECT_GT(seen.efficient.front().high, 21);
}

TEST(Forecast, SaysWhenEfficiencyLastsAsFarAsItLooks) {
  const Results results = campaign({1, 2, 4, 8}, [](double p) { return 1 / p; });
  const Foresight seen = foresee(results, {.efficiencies = {0.5}});
  ASSERT_EQ(seen.efficient.size(), 1U);
  EXPECT_TRUE(std::isinf(seen.efficient.front().workers));
  EXPECT_EQ(seen.efficient.front().looked_to, 64);
  EXPECT_FALSE(std::isinf(seen.efficient.front().low));
  EXPECT_GT(foresee(results, {.efficiencies = {0.5}, .far = true}).efficient.front().looked_to, 64);
}

TEST(Forecast, MeasuresEfficiencyAgainstTheFewestWhereOneIsMissing) {
  const Results results = campaign({4, 8, 16}, amdahl_s);
  const Foresight seen = foresee(results, {.efficiencies = {0.75}});
  ASSERT_EQ(seen.efficient.size(), 1U);
  EXPECT_EQ(seen.efficient.front().against, 4);
  const double truth = (4 * amdahl_s(4) / 0.75 - 0.95) / 0.05;
  EXPECT_NEAR(seen.efficient.front().workers, truth, 1.5);
}

TEST(Forecast, AdvisesAnotherWorkerCountRatherThanMoreLaunches) {
  const Foresight seen = foresee(campaign({1, 2, 4, 8}, amdahl_s), {.workers = {16, 32}});
  ASSERT_TRUE(seen.next);
  EXPECT_EQ(seen.next->target, 32);
  EXPECT_EQ(seen.next->workers, 16);
  EXPECT_LT(seen.next->times_then, seen.next->times_now);
}

TEST(Forecast, AdvisesMoreLaunchesWhereNoiseRules) {
  const Foresight seen = foresee(campaign({1, 2, 4, 8}, amdahl_s, 0.6), {.workers = {9}});
  ASSERT_TRUE(seen.next);
  EXPECT_EQ(seen.next->workers, 0);
  EXPECT_LT(seen.next->times_then, seen.next->times_now);
}

TEST(Forecast, AdvisesNothingAmongMeasuredPoints) {
  EXPECT_FALSE(foresee(campaign({1, 2, 4, 8}, amdahl_s), {.workers = {4, 8}}).next);
}

TEST(Forecast, RefusesWhatIsTooFar) {
  const Results results = campaign({1, 2, 4, 8}, amdahl_s);
  const Foresight seen = foresee(results, {.workers = {64, 65}});
  EXPECT_FALSE(seen.targets[0].refused);
  EXPECT_TRUE(seen.targets[1].refused);
  EXPECT_EQ(seen.rows[0].predictions.size(), 1U);
  EXPECT_FALSE(foresee(results, {.workers = {65}, .far = true}).targets[0].refused);
  EXPECT_NO_THROW(check_question(results, {.workers = {64, 65}}));
  EXPECT_THROW(check_question(results, {.workers = {65}}), Error);
  EXPECT_NO_THROW(check_question(results, {.workers = {65}, .far = true}));
}

TEST(Forecast, KnowsTheLawsByName) {
  const Results results = campaign({1, 2, 4, 8}, amdahl_s);
  EXPECT_NO_THROW(check_question(results, {.laws = {"amdahl", "usl", "all", "combined"}}));
  EXPECT_THROW(check_question(results, {.laws = {"moore"}}), Error);
}

TEST(Forecast, HoldsOutTheLargest) {
  const Results results = campaign({1, 2, 4, 8}, amdahl_s);
  const std::vector<View> views = views_of(results, {.hold_out = 2});
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].series.members.size(), 2U);
  EXPECT_EQ(views[0].question.workers, std::vector<std::int64_t>{8});
  EXPECT_NEAR(views[0].held_out->median_s, amdahl_s(8), 0.01);
  EXPECT_TRUE(views_of(results, {.hold_out = 3}).empty());
}

}  // namespace
}  // namespace scalelaw::harness
