#include "harness/analysis/marks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "harness/analysis/compare.hpp"
#include "harness/render/advise.hpp"
#include "harness/render/compare.hpp"
#include "harness/render/failures.hpp"
#include "harness/render/formats.hpp"
#include "harness/render/predict.hpp"
#include "support/one_line.hpp"
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
                                     {"unproven", each([](Results& r) {
                                        for (Launch& l : r.launches) l.header.erase("ranks");
                                      })},
                                     {"simulated", each([](Results& r) {
                                        for (Point& p : r.points) p.clock = TimeSource::simulated;
                                      })},
                                     {"imported", each([](Results& r) {
                                        for (Point& p : r.points) p.clock = TimeSource::imported;
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
    EXPECT_FALSE(shown(as_text(predict_sections(results, {.workers = {4}})))) << one.word;
    EXPECT_FALSE(shown(as_text(advise_sections(results)))) << one.word;
    one.change(results);
    EXPECT_NE(words(Format::table), before[0]) << one.word;
    EXPECT_NE(words(Format::markdown), before[1]) << one.word;
    EXPECT_TRUE(shown(words(Format::csv).substr(words(Format::csv).find('\n')))) << one.word;
    const auto json = nlohmann::json::parse(words(Format::json));
    EXPECT_EQ(json["series"][0]["points"][0]["marks"], nlohmann::json{one.word});
    EXPECT_TRUE(shown(as_text(predict_sections(results, {.workers = {4}})))) << one.word;
    EXPECT_TRUE(shown(predict_json(results, {.workers = {4}}))) << one.word;
    EXPECT_TRUE(shown(as_text(advise_sections(results)))) << one.word;
    EXPECT_TRUE(shown(advise_json(results))) << one.word;
  }
}

/// A file with something for every table: sizes, options, stages, ceilings and a peer.
SyntheticCampaign full_campaign() {
  SyntheticCampaign campaign = marked_campaign();
  campaign.add(6, "k", models::openmp, {1, 1, 2}, {.compute_s = 6e-4}, 1e6).options = {
      {"schedule", "dynamic"}};
  campaign.add(7, "k", models::openmp, {1, 1, 2}, {.compute_s = 6e-4}, 1e6).implementation = "peer";
  campaign.results().points[1].options = {{"schedule", "static"}};
  campaign.results().points[2].options = {{"schedule", "static"}};
  for (const std::int64_t p : {1, 2}) {
    campaign.add(8, "m", models::openmp, {1, 1, p}, {.compute_s = 1e-2}, 1e7).work["memory_bound"] =
        true;
    campaign.add(9, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 1e-2}, 1e7).experiment =
        "ceilings";
  }
  campaign.add(10, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5}).work["task"] = "pipeline";
  const auto point = static_cast<std::int64_t>(campaign.results().points.size()) - 1;
  for (Sample& sample : campaign.results().samples) {
    const Launch& launch = campaign.results().launches[static_cast<std::size_t>(sample.launch)];
    if (launch.point == point) sample.stages = {{"read", 0.1}, {"decode", 0.8}};
  }
  return campaign;
}

/// The marks that a point of a file may have, each with what gives it to all points.
std::vector<Case> all_cases() {
  const auto each = [](auto change) { return change; };
  std::vector<Case> all = cases();
  all.push_back({"invalid", each([](Results& r) {
                   for (Point& p : r.points) p.state = State::invalid;
                 })});
  all.push_back({"oversubscribed", each([](Results& r) {
                   for (Point& p : r.points) p.oversubscribed = true;
                 })});
  return all;
}

/// The rows of tables about points that do not show `word`, after the heading of their table.
std::vector<std::string> unmarked_rows(const std::vector<Section>& sections,
                                       const std::string& word, std::size_t& seen) {
  std::vector<std::string> found;
  for (const Section& section : sections) {
    const auto& header = section.table.header;
    const bool of_points = std::ranges::any_of(header, [](const std::string& name) {
      return name == "NxRxT" || name == "choose" || name == "T = fixed + per work";
    });
    if (!of_points) continue;
    for (const auto& row : section.table.rows) {
      ++seen;
      const auto shows = [&](const std::string& cell) {
        return cell.find(word) != std::string::npos;
      };
      if (std::ranges::none_of(row, shows)) found.push_back(section.heading + ": " + row[0]);
    }
  }
  return found;
}

/// The objects of a JSON value that are about a point and have no mark `word`.
void find_unmarked(const nlohmann::json& value, const std::string& word, const std::string& path,
                   std::size_t& seen, std::vector<std::string>& found) {
  if (value.is_object()) {
    bool of_point = false, marked = false;
    for (const auto& [key, part] : value.items()) {
      const bool names_one = key == "point" || key == "ours" || key == "first" || key == "choice" ||
                             key == "base_s" || key == "working_set_bytes";
      of_point = of_point || (names_one && part.is_number() && part.get<double>() >= 0);
      const bool marks = key == "marks" || key.ends_with("_marks");
      marked = marked || (marks && part.dump().find(word) != std::string::npos);
    }
    seen += of_point ? 1 : 0;
    if (of_point && !marked) found.push_back(path);
  }
  if (!value.is_structured()) return;
  for (const auto& [key, part] : value.items()) {
    find_unmarked(part, word, path + "/" + key, seen, found);
  }
}

/// What a format says of points without their mark: of an unmarked file nearly all.
std::vector<std::string> unmarked(const Results& results, const std::string& word,
                                  std::size_t& seen) {
  const Report report = make_report(results);
  const Comparison twice = compare(results, results, 0.05);
  std::vector<std::string> found;
  for (const auto& sections : {report_sections(report), advise_sections(results),
                               compare_sections(twice, results, results)}) {
    for (std::string& row : unmarked_rows(sections, word, seen)) found.push_back(std::move(row));
  }
  for (const std::string& text :
       {report_json(report), advise_json(results), compare_json(twice, results, results)}) {
    find_unmarked(nlohmann::json::parse(text), word, "", seen, found);
  }
  for (const std::string& text : {report_csv(report), compare_csv(twice, results, results)}) {
    std::istringstream lines(text.substr(text.find('\n') + 1));
    for (std::string line; std::getline(lines, line); ++seen) {
      if (line.find(word) == std::string::npos) found.push_back(line);
    }
  }
  return found;
}

TEST(Marks, StandInEveryRowOfEveryFormat) {
  for (const Case& one : all_cases()) {
    SyntheticCampaign campaign = full_campaign();
    one.change(campaign.results());
    std::size_t seen = 0;
    EXPECT_EQ(unmarked(campaign.results(), one.word, seen), std::vector<std::string>{}) << one.word;
    EXPECT_GT(seen, one.word == std::string("invalid") ? 50U : 100U) << one.word;
  }
}

TEST(Marks, AreMissedByThatSearchWhereThereAreNone) {
  SyntheticCampaign campaign = full_campaign();
  std::size_t seen = 0;
  EXPECT_EQ(unmarked(campaign.results(), "busy", seen).size(), seen);
  const Report report = make_report(campaign.results());
  EXPECT_FALSE(report.variants.empty());
  EXPECT_FALSE(report.stages.empty());
  EXPECT_FALSE(report.ceilings.empty());
  EXPECT_FALSE(report.peers.empty());
}

/// One file with one point of each kind: each mark is where its point is, and nowhere else.
TEST(Marks, OfOneFileStandWithTheirPoints) {
  SyntheticCampaign campaign(1, 6, 0.01);
  campaign.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  const std::vector<Case> all = all_cases();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto p = static_cast<std::int64_t>(i + 1);
    campaign.add(1, "k", models::openmp, {1, 1, p}, {.compute_s = 1 / static_cast<double>(p)});
    SyntheticCampaign alone = campaign;
    all[i].change(alone.results());
    campaign.results().points.back() = alone.results().points.back();
    for (std::size_t k = 0; k < alone.results().launches.size(); ++k) {
      Launch& launch = campaign.results().launches[k];
      if (launch.point == p) launch = alone.results().launches[k];
    }
  }
  const Report report = make_report(campaign.results());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(report.scaling[i + 1].marks, all[i].word);
  EXPECT_EQ(report.scaling[0].marks, "");
  std::string predicted, reported;
  for (const Section& section : predict_sections(campaign.results(), {.workers = {64}})) {
    for (const std::string& line : section.after) predicted += line + '\n';
  }
  for (const Section& section : report_sections(report)) {
    for (const std::string& line : section.after) reported += line + '\n';
  }
  for (const char* fitted : {"1x1x1 not_converged", "1x1x2 unstable", "1x1x3 busy",
                             "1x1x4 pretended", "1x1x5 unproven", "1x1x6 simulated"}) {
    EXPECT_NE(predicted.find(fitted), std::string::npos) << fitted << predicted;
    EXPECT_NE(reported.find(fitted), std::string::npos) << fitted << reported;
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
  const std::string text = one_line(render(make_report(campaign.results()), Format::table));
  EXPECT_NE(text.find("(the best of scalelaw-serial; not_converged)"), std::string::npos) << text;
}

TEST(Marks, AreJoinedInTheirOrder) {
  EXPECT_EQ(joined_marks({"busy", "", "not_converged, busy"}), "not_converged, busy");
  EXPECT_EQ(joined_marks({"", ""}), "");
}

TEST(Marks, OfABindingAskForMasksWithoutACommonProcessor) {
  SyntheticCampaign campaign(1, 6, 0.01);
  campaign.add(0, "k", models::openmp, {1, 1, 2}, {.compute_s = 1});
  Results& results = campaign.results();
  const auto marks = [&] { return make_report(results).scaling[0].marks; };
  EXPECT_EQ(marks(), "");
  nlohmann::json& threads = results.launches[3].header["ranks"][0]["threads"];
  for (const char* mask : {"unknown", "0-1", "", "x"}) {
    threads[1]["cpus"] = mask;
    EXPECT_EQ(marks(), "unproven") << mask;
  }
  results.launches[3].superseded = true;
  EXPECT_EQ(marks(), "");
  results.launches[3].superseded = false;
  results.points[0].oversubscribed = true;
  EXPECT_EQ(marks(), "oversubscribed");
  results.points[0].oversubscribed = false;
  for (const nlohmann::json& header : {nlohmann::json(), nlohmann::json{{"ranks", 1}}}) {
    for (Launch& launch : results.launches) launch.header = header;
    EXPECT_EQ(marks(), "unproven");
  }
}

TEST(Clock, ThatInventedTheTimesIsSaidAboveEverything) {
  SyntheticCampaign campaign = marked_campaign();
  Results& results = campaign.results();
  EXPECT_FALSE(clock_warning(results));
  EXPECT_EQ(clock_text(results), "measured");
  results.points[0].clock = TimeSource::pretended;
  EXPECT_EQ(*clock_warning(results),
            "PRETENDED TIMES of 1 of 6 points: the fake launcher invented them");
  EXPECT_EQ(clock_text(results), "mixed");
  for (Point& point : results.points) point.clock = TimeSource::pretended;
  EXPECT_EQ(clock_text(results), "pretended");
  const std::string warning = "PRETENDED TIMES: the fake launcher invented them";
  for (const std::string& text :
       {render(make_report(results), Format::table), render(make_report(results), Format::markdown),
        as_text(predict_sections(results, {.workers = {4}})), as_text(advise_sections(results)),
        as_text(failures_sections(results))}) {
    EXPECT_NE(text.substr(0, 300).find(warning), std::string::npos) << text.substr(0, 300);
  }
  for (const std::string& text : {render(make_report(results), Format::json),
                                  predict_json(results, {.workers = {4}}), advise_json(results)}) {
    EXPECT_EQ(nlohmann::json::parse(text)["clock"], "pretended");
  }
}

}  // namespace
}  // namespace scalelaw::harness
