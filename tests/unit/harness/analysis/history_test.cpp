#include "harness/render/history.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/error.hpp"
#include "harness/analysis/history_findings.hpp"
#include "harness/analysis/iso_time.hpp"
#include "support/message.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Campaign number `day` of a history: three points, all of which take `factor` times as long.
Results campaign(int day, double factor, double noise = 0.01) {
  SyntheticCampaign out(static_cast<std::uint64_t>(day) + 1, 6, noise);
  for (const std::int64_t p : {1, 2, 4}) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = factor / static_cast<double>(p)});
  }
  Results& results = out.results();
  results.started = fmt::format("2026-{:02}-{:02}T03:04:05Z", 1 + day / 28, 1 + day % 28);
  results.environment["driver.build.revision"] = day < 10 ? "old" : "new";
  results.environment["load.1_minute"] = fmt::format("{}", day);
  results.environment["host.name"] = "a";
  results.config_text = fmt::format("[campaign]\nseed = {}\n", day);
  return results;
}

bool all(const Point&) {
  return true;
}

using Edit = std::function<void(int day, Results&)>;

/// Twenty campaigns; from the eleventh on, times are 5 % longer.
std::vector<PastCampaign> twenty(double step = 1.05, const Edit& edit = {}) {
  std::vector<PastCampaign> out;
  for (int day = 0; day < 20; ++day) {
    Results results = campaign(day, day < 10 ? 1 : step);
    if (edit) edit(day, results);
    out.push_back(past_campaign(fmt::format("r{}.h5", day), results, all));
  }
  return out;
}

std::string findings_text(const History& history) {
  std::string text;
  for (const Finding& finding : history_findings(history)) {
    text += finding.kind + ": " + finding.text + "\n";
  }
  return text;
}

TEST(History, FindsAStepWithItsSizeAndWhatChangedThere) {
  std::vector<PastCampaign> campaigns = twenty();
  std::reverse(campaigns.begin(), campaigns.end());  // the order of the files does not matter
  const History history = make_history(campaigns, 0.05);
  ASSERT_EQ(history.lines.size(), 3U);
  for (const PastLine& line : history.lines) {
    ASSERT_EQ(line.steps.size(), 1U);
    const LevelStep& step = line.steps[0];
    EXPECT_EQ(step.before, 9U);
    EXPECT_EQ(step.first, 10U);
    EXPECT_NEAR(step.ratio.value, 1.05, 0.01);
    ASSERT_TRUE(step.ratio.interval);
    EXPECT_GT(step.ratio.interval->low, 1.02);
    EXPECT_LT(step.ratio.interval->high, 1.08);
    ASSERT_EQ(step.changed.size(), 2U);
    EXPECT_EQ(step.changed[0].name, "driver.build.revision") << "the rarest first";
    EXPECT_EQ(step.changed[1].name, "config.campaign.seed");
    EXPECT_FALSE(line.trend);
    ASSERT_EQ(line.level_s.size(), 20U);
    EXPECT_EQ(line.level_s[0], line.level_s[9]) << "one level up to the step";
    EXPECT_EQ(line.level_s[10], line.level_s[19]);
    EXPECT_NEAR(line.level_s[10] / line.level_s[9], step.ratio.value, 0.005);
    EXPECT_NEAR(line.level_s[0], line.time_s[0].value, 0.02 * line.level_s[0]);
    EXPECT_GT(line.noise, 0.001);
    EXPECT_LT(line.noise, 0.01);
  }
  const std::string text = findings_text(history);
  EXPECT_EQ(text.find("step: 3 of 3 points take more time from campaign 11 (2026-01-11T03:04:05Z, "
                      "r10.h5) on; most: "),
            0U)
      << text;
  EXPECT_NE(text.find("; changed there: driver.build.revision old -> new, config.campaign.seed"),
            std::string::npos)
      << text;
}

TEST(History, SaysThatNothingChanged) {
  const History history = make_history(twenty(1), 0.05);
  EXPECT_EQ(findings_text(history),
            "unchanged: no step and no trend in 3 points; of histories without changes, 5.0 % at "
            "most would show one\n");
}

TEST(History, FindsATrendPerCampaignAndPerMonth) {
  const History history = make_history(
      [] {
        std::vector<PastCampaign> out;
        for (int day = 0; day < 20; ++day) {
          out.push_back(past_campaign("r.h5", campaign(day, std::pow(1.004, day), 0.005), all));
        }
        return out;
      }(),
      0.05);
  for (const PastLine& line : history.lines) {
    ASSERT_TRUE(line.trend);
    EXPECT_TRUE(line.steps.empty());
    EXPECT_NEAR(line.trend->per_campaign.value, 1.004, 0.001);
    ASSERT_TRUE(line.trend->per_month);
    EXPECT_NEAR(line.trend->per_month->value, std::pow(1.004, 30), 0.03);
  }
  EXPECT_NE(findings_text(history).find("rises by 0.4"), std::string::npos);
}

TEST(History, OmitsCopiesAndKeepsTheCompleterFile) {
  std::vector<PastCampaign> campaigns = twenty();
  campaigns.push_back(campaigns[3]);
  campaigns.back().file = "copy.h5";
  PastCampaign earlier = campaigns[5];
  earlier.file = "unfinished.h5";
  earlier.samples_s.resize(4);
  campaigns.insert(campaigns.begin(), earlier);
  const History history = make_history(campaigns, 0.05);
  EXPECT_EQ(history.campaigns.size(), 20U);
  ASSERT_EQ(history.omitted.size(), 2U);
  std::string text = as_text(history_sections(history, true));
  EXPECT_NE(text.find("omitted: 'copy.h5': it has the same campaign as 'r3.h5'"), std::string::npos)
      << text;
  EXPECT_NE(text.find("omitted: 'unfinished.h5': it has the same campaign as 'r5.h5'"),
            std::string::npos)
      << text;
  campaigns = twenty();
  campaigns.push_back(campaigns[3]);
  campaigns.back().samples_s[0] *= 2;
  EXPECT_EQ(make_history(campaigns, 0.05).campaigns.size(), 21U) << "another of the same second";
}

TEST(History, NeverMixesClocks) {
  const History history = make_history(twenty(1.05,
                                              [](int day, Results& results) {
                                                if (day < 10) return;
                                                for (Point& point : results.points)
                                                  point.clock = TimeSource::pretended;
                                              }),
                                       0.05);
  ASSERT_EQ(history.lines.size(), 6U);
  for (const PastLine& line : history.lines) {
    EXPECT_EQ(line.at.size(), 10U);
    EXPECT_TRUE(line.steps.empty());
  }
  EXPECT_EQ(findings_text(history).find("clock: PRETENDED TIMES of 3 of 6 points"), 0U);
}

TEST(History, LeavesOutPointsWithoutATimeAndSaysSo) {
  const History history = make_history(twenty(1.05,
                                              [](int day, Results& results) {
                                                if (day == 4)
                                                  results.points[1].state = State::invalid;
                                                if (day == 4)
                                                  results.points[1].reason = "bound twice";
                                                if (day >= 5)
                                                  results.points[2].state = State::wrong_result;
                                              }),
                                       0.05);
  EXPECT_EQ(history.lines[1].at.size(), 19U);
  EXPECT_EQ(history.lines[1].steps.size(), 1U);
  ASSERT_EQ(history.lines[1].left_out.size(), 1U);
  EXPECT_EQ(history.lines[1].left_out[0].reason, "bound twice");
  EXPECT_EQ(history.lines[2].at.size(), 5U);
  const std::string text = findings_text(history);
  EXPECT_NE(text.find("too_few: 1 point has a time in fewer than 8 campaigns"), std::string::npos)
      << text;
  EXPECT_NE(text.find("left_out: 2 points had no time in some campaigns, which are left out there: "
                      "15 wrong_result, 1 invalid"),
            std::string::npos)
      << text;
}

TEST(History, NamesOtherMachines) {
  const History history = make_history(twenty(1.05,
                                              [](int day, Results& results) {
                                                if (day >= 10)
                                                  results.environment["host.name"] = "b";
                                              }),
                                       0.05);
  const std::string text = findings_text(history);
  EXPECT_NE(text.find("machines: the campaigns ran on 2 hosts: a (10), b (10)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("host.name a -> b"), std::string::npos) << text;
}

TEST(History, OmitsCeilingsAndUnwantedPoints) {
  Results results = campaign(0, 1);
  results.points[0].experiment = "ceilings";
  results.points[0].kernel = "memory_read";
  const auto two = past_campaign("r.h5", results,
                                 [](const Point& point) { return point.placement.threads != 4; });
  ASSERT_EQ(two.times.size(), 1U);
  EXPECT_EQ(two.times[0].point.placement.threads, 2);
  const auto none = past_campaign("r.h5", results, [](const Point&) { return false; });
  EXPECT_NE(message_of([&] { make_history({none}, 0.05); }).find("no point"), std::string::npos);
  EXPECT_THROW(make_history({}, 0.05), Error);
}

TEST(History, CountsNoMeasuredCampaignTwiceThatFollowsASimulatedOne) {
  Results results = campaign(0, 1);
  EXPECT_EQ(past_campaign("r.h5", results, all).times.size(), 3U);
  results.points[0].clock = TimeSource::simulated;
  const PastCampaign past = past_campaign("r.h5", results, all);
  ASSERT_EQ(past.times.size(), 1U);
  EXPECT_EQ(past.times[0].point.clock, TimeSource::simulated);
  EXPECT_LT(past.samples_s.size(), results.samples.size());
}

TEST(History, ShowsTheSameInEveryFormat) {
  const History history = make_history(twenty(), 0.05);
  const auto json = nlohmann::json::parse(history_json(history));
  EXPECT_EQ(json["campaigns"].size(), 20U);
  EXPECT_EQ(json["lines"].size(), 3U);
  const auto& step = json["lines"][0]["steps"][0];
  EXPECT_EQ(step["campaign"], 10);
  EXPECT_EQ(step["ratio"]["value"], history.lines[0].steps[0].ratio.value);
  EXPECT_EQ(step["changed"][0]["times_changed"], 1);
  EXPECT_EQ(json["lines"][0]["times"][3]["median_s"], history.lines[0].time_s[3].value);
  const std::string csv = history_csv(history);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 61);
  EXPECT_NE(csv.find(fmt::format("{}", history.lines[0].steps[0].ratio.value)), std::string::npos);
  const std::string text = as_text(history_sections(history, false));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), page_width) << line;
  }
  EXPECT_NE(text.find("#11"), std::string::npos) << text;
  EXPECT_NE(as_markdown(history_sections(history, false)).find("| #11 |"), std::string::npos);
}

TEST(Bars, AreAsManyAsFit) {
  EXPECT_EQ(bars({}, 8), "");
  EXPECT_EQ(bars({1, 1, 1}, 8), "▁▁▁");
  EXPECT_EQ(bars({1, 2}, 8), "▁█");
  EXPECT_EQ(bars({1, 1, 1, 2, 2, 2}, 2), "▁█");
  EXPECT_EQ(bars({100, 101}, 8), "▁▂") << "a change of 1 % does not fill the height";
}

TEST(SecondsOfIso, ReadsUtc) {
  EXPECT_EQ(seconds_of_iso("1970-01-02T00:00:01Z"), 86'401);
  EXPECT_EQ(seconds_of_iso("2026-01-01T00:00:00Z"), 1'767'225'600);
  EXPECT_FALSE(seconds_of_iso(""));
  EXPECT_FALSE(seconds_of_iso("yesterday"));
}

}  // namespace
}  // namespace scalelaw::harness
