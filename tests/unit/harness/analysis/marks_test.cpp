#include "harness/analysis/marks.hpp"

#include <gtest/gtest.h>

#include "harness/render/advise.hpp"
#include "harness/render/failures.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/predict.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Two sizes under two models, for which every command has something to say.
SyntheticCampaign marked_campaign() {
  SyntheticCampaign campaign(1, 6, 0.01);
  std::int64_t series = 0;
  for (const double n : {1e6, 1e8}) {
    campaign.add(series++, "k", models::serial, {1, 1, 1}, {.compute_s = n * 1e-9}, n);
    for (const std::int64_t p : {1, 2}) {
      const double compute_s = n * 1e-9 / static_cast<double>(p);
      campaign.add(series, "k", models::openmp, {1, 1, p}, {.compute_s = compute_s}, n);
    }
    ++series;
  }
  return campaign;
}

using Change = void (*)(Results&);

struct Case {
  const char* word;
  Change change;
};

const std::vector<Case>& cases() {
  const auto each = [](auto change) { return change; };
  static const std::vector<Case> all{{"not_converged", each([](Results& r) {
                                        for (Point& p : r.points) p.state = State::not_converged;
                                      })},
                                     {"unstable", each([](Results& r) {
                                        for (Point& p : r.points) p.state = State::unstable;
                                      })},
                                     {"busy", each([](Results& r) {
                                        for (Launch& l : r.launches) l.busy = true;
                                      })},
                                     {"pretended", each([](Results& r) {
                                        for (Point& p : r.points) p.clock = TimeSource::pretended;
                                      })},
                                     {"simulated", each([](Results& r) {
                                        for (Point& p : r.points) p.clock = TimeSource::simulated;
                                      })}};
  return all;
}

TEST(Marks, AreShownWhereverAPointAppears) {
  for (const Case& one : cases()) {
    SyntheticCampaign campaign = marked_campaign();
    Results& results = campaign.results();
    const auto shown = [&](const std::string& text) {
      return text.find(one.word) != std::string::npos;
    };
    // The legend explains each mark, so that a format is asked for what it says of the points.
    const auto words = [&](Format format) { return render(make_report(results), format); };
    const std::string before[] = {words(Format::table), words(Format::markdown)};
    EXPECT_FALSE(shown(words(Format::csv).substr(words(Format::csv).find('\n')))) << one.word;
    EXPECT_FALSE(shown(as_text(predict_sections(results, {4})))) << one.word;
    EXPECT_FALSE(shown(as_text(advise_sections(results)))) << one.word;
    one.change(results);
    EXPECT_NE(words(Format::table), before[0]) << one.word;
    EXPECT_NE(words(Format::markdown), before[1]) << one.word;
    EXPECT_TRUE(shown(words(Format::csv).substr(words(Format::csv).find('\n')))) << one.word;
    const auto json = nlohmann::json::parse(words(Format::json));
    EXPECT_EQ(json["series"][0]["points"][0]["marks"], nlohmann::json{one.word});
    EXPECT_TRUE(shown(as_text(predict_sections(results, {4})))) << one.word;
    EXPECT_TRUE(shown(predict_json(results, {4}))) << one.word;
    EXPECT_TRUE(shown(as_text(advise_sections(results)))) << one.word;
    EXPECT_TRUE(shown(advise_json(results))) << one.word;
  }
}

TEST(Marks, StandBesideEachNumberOfTheTable) {
  SyntheticCampaign campaign = marked_campaign();
  Results& results = campaign.results();
  results.points[2].state = State::unstable;
  results.points[2].oversubscribed = true;
  const std::string text = render(make_report(results), Format::table);
  EXPECT_NE(text.find("1x1x2  unstable, oversubscribed"), std::string::npos) << text;
  EXPECT_NE(text.find("1x1x1  converged "), std::string::npos) << text;
}

TEST(Marks, OfABaselineStandBesideIt) {
  SyntheticCampaign campaign = marked_campaign();
  campaign.results().points[0].state = State::not_converged;
  const std::string text = render(make_report(campaign.results()), Format::table);
  EXPECT_NE(text.find("(the best of scalelaw-serial; not_converged)"), std::string::npos) << text;
}

TEST(Clock, ThatInventedTheTimesIsSaidAboveEverything) {
  SyntheticCampaign campaign = marked_campaign();
  Results& results = campaign.results();
  EXPECT_FALSE(clock_warning(results));
  EXPECT_EQ(clock_text(results), "measured");
  results.points[0].clock = TimeSource::pretended;
  EXPECT_EQ(
      *clock_warning(results),
      "PRETENDED TIMES of 1 of 6 points: the fake launcher invented them; nothing was measured");
  EXPECT_EQ(clock_text(results), "mixed");
  for (Point& point : results.points) point.clock = TimeSource::pretended;
  EXPECT_EQ(clock_text(results), "pretended");
  const std::string warning = "PRETENDED TIMES: the fake launcher invented them";
  for (const std::string& text :
       {render(make_report(results), Format::table), render(make_report(results), Format::markdown),
        as_text(predict_sections(results, {4})), as_text(advise_sections(results)),
        as_text(failures_sections(results))}) {
    EXPECT_NE(text.substr(0, 300).find(warning), std::string::npos) << text.substr(0, 300);
  }
  for (const std::string& text : {render(make_report(results), Format::json),
                                  predict_json(results, {4}), advise_json(results)}) {
    EXPECT_EQ(nlohmann::json::parse(text)["clock"], "pretended");
  }
}

}  // namespace
}  // namespace scalelaw::harness
