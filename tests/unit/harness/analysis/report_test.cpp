#include "harness/analysis/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/render/formats.hpp"
#include "support/one_line.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

SyntheticPhases amdahl_phases(double s, double p) {
  return {.prepare_s = s, .compute_s = (1 - s) / p};
}

/// Serial, and OpenMP at 1, 2 and 4 threads with a serial fraction of 0.1; no noise.
SyntheticCampaign small_campaign(int launches = 6, double noise = 0) {
  SyntheticCampaign campaign(1, launches, noise);
  campaign.add(0, "k", models::serial, {1, 1, 1}, amdahl_phases(0.1, 1.25));
  for (const std::int64_t p : {1, 2, 4}) {
    campaign.add(1, "k", models::openmp, {1, 1, p}, amdahl_phases(0.1, static_cast<double>(p)));
  }
  return campaign;
}

const RuleVerdict& rule(const Report& report, int number) {
  return report.rules.at(static_cast<std::size_t>(number - 1));
}

TEST(Report, NamesBothBaselinesWithTheirSeconds) {
  SyntheticCampaign campaign = small_campaign();
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.series.size(), 2U);
  const ReportSeries& openmp = report.series[1];
  ASSERT_TRUE(openmp.serial && openmp.own);
  EXPECT_NEAR(openmp.serial->seconds.value, 0.82, 1e-12);
  EXPECT_NEAR(openmp.own->seconds.value, 1, 1e-12);
  const ReportRow& four = openmp.rows.back();
  const ScalingRow& numbers = report.of(four);
  EXPECT_NEAR(numbers.own_speedup.value, 1 / 0.325, 1e-9);
  EXPECT_NEAR(numbers.serial_speedup.value, 0.82 / 0.325, 1e-9);
  EXPECT_EQ(numbers.serial.point, 0);
  EXPECT_EQ(numbers.own.point, 1);
  EXPECT_NEAR(four.a_priori->speedup, 1 / 0.325, 1e-9);
  EXPECT_NEAR(numbers.karp_flatt, 0.1, 1e-9);
  EXPECT_NEAR(numbers.rate_per_s.value, 1e9 / 0.325, 1);
}

TEST(Report, HasNoSerialBaselineOfOtherWork) {
  SyntheticCampaign campaign = small_campaign();
  campaign.results().points[0].params = {{"size", 7}};
  const Report report = make_report(campaign.results());
  EXPECT_FALSE(report.series[1].serial);
  EXPECT_TRUE(report.series[1].own);
  EXPECT_NE(render(report, Format::table).find("no serial time was measured"), std::string::npos);
}

TEST(Report, SaysThatNothingIsKnownBeforehandWithoutPhases) {
  for (const Scaling scaling : {Scaling::strong, Scaling::weak}) {
    SyntheticCampaign campaign(1, 6, 0.01);
    for (const std::int64_t p : {1, 2, 4}) {
      const auto x = static_cast<double>(p);
      const double work = scaling == Scaling::weak ? x : 1;
      campaign.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = work / x}, 1e9 * work).scaling =
          scaling;
    }
    const Report report = make_report(campaign.results());
    for (const ReportRow& row : report.series[0].rows) EXPECT_FALSE(row.a_priori);
    const std::string text = one_line(render(report, Format::markdown));
    EXPECT_NE(text.find("none: its record at one worker does not separate serial phases"),
              std::string::npos)
        << text;
    const auto json = nlohmann::json::parse(render(report, Format::json));
    EXPECT_TRUE(json["series"][0]["a_priori_serial_share"].is_null());
  }
}

TEST(Report, GivesMemoryBoundKernelsTheirShareOfTheCeiling) {
  SyntheticCampaign campaign(1, 6, 0);
  for (const std::int64_t p : {1, 2}) {
    const auto x = static_cast<double>(p);
    campaign.add(0, "dot_product", models::openmp, {1, 1, p}, {.compute_s = 1 / x})
        .work["memory_bound"] = true;
    campaign.add(1, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 0.8 / x});
  }
  const Report report = make_report(campaign.results());
  for (const ReportRow& row : report.series[0].rows) {
    EXPECT_NEAR(report.of(row).ceiling_share, 0.8, 1e-9);
  }
  EXPECT_TRUE(std::isnan(report.of(report.series[1].rows[0]).ceiling_share));
  EXPECT_EQ(rule(report, 11).standing, Standing::kept);
}

/// dot_product of n elements on one thread, as fast as memory_read of its own size: `cached` times
/// the speed of main memory for the small one.
SyntheticCampaign two_sizes(double cached) {
  SyntheticCampaign campaign(1, 6, 0);
  std::int64_t series = 0;
  for (const auto& [operations, speed] : {std::pair(1e5, cached), std::pair(1e8, 1.0)}) {
    const double seconds = operations / 1e9 / speed;
    Point& point = campaign.add(series++, "dot_product", models::serial, {1, 1, 1},
                                {.compute_s = seconds}, operations);
    point.work["memory_bound"] = true;
    campaign
        .add(series++, "memory_read", models::serial, {1, 1, 1}, {.compute_s = 0.9 * seconds},
             operations)
        .experiment = "ceilings";
  }
  return campaign;
}

TEST(Report, HoldsEachSizeAgainstTheCeilingOfItsOwnWorkingSet) {
  SyntheticCampaign campaign = two_sizes(30);
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.series.size(), 2U);
  for (const ReportSeries& series : report.series) {
    EXPECT_NEAR(report.of(series.rows[0]).ceiling_share, 0.9, 1e-9);
    EXPECT_EQ(report.of(series.rows[0]).ceiling_doubt, "");
  }
  ASSERT_EQ(report.ceilings.size(), 2U) << "one for each working set";
  EXPECT_EQ(*report.ceilings[0].working_set_bytes, 8e5);
  EXPECT_EQ(*report.ceilings[1].working_set_bytes, 8e8);
  EXPECT_GT(report.ceilings[0].read_bytes_per_s->value,
            29 * report.ceilings[1].read_bytes_per_s->value);
}

TEST(Report, NeverHoldsAProblemThatSitsInACacheAgainstMainMemory) {
  SyntheticCampaign campaign = two_sizes(30);
  campaign.results().points[1].state = State::crashed;  // the small ceiling
  const Report report = make_report(campaign.results());
  EXPECT_EQ(report.of(report.series[0].rows[0]).ceiling_point, -1);
  EXPECT_EQ(report.of(report.series[1].rows[0]).ceiling_point, 3);
  EXPECT_EQ(rule(report, 11).standing, Standing::partly);
}

TEST(Report, ExplainsASizeOfTheCeilingThatNoMachineCanReach) {
  SyntheticCampaign campaign = two_sizes(1);
  campaign.results().points[1].work["compulsory_bytes"] = 1.5 * 8e5;
  campaign.results().points[0].work["compulsory_bytes"] = 2 * 8e5;
  campaign.results().points[0].work["resident_bytes"] = 8e5;
  const Report report = make_report(campaign.results());
  const ScalingRow& row = report.of(report.series[0].rows[0]);
  EXPECT_NEAR(row.ceiling_share, 0.9 * 2 / 1.5, 1e-9);
  EXPECT_NE(row.ceiling_doubt.find("measured over"), std::string::npos) << row.ceiling_doubt;
  const std::string text = render(report, Format::table);
  EXPECT_NE(text.find("120 %!"), std::string::npos) << text;
  EXPECT_NE(text.find("! ceiling of serial 1x1x1: the ceiling was measured over"),
            std::string::npos)
      << text;
  const auto json = nlohmann::json::parse(render(report, Format::json));
  EXPECT_EQ(json["series"][0]["points"][0]["ceiling_doubt"], row.ceiling_doubt);
}

TEST(Report, BlamesTheMemoryOnlyWhereCeilingsOfTheSizeSayso) {
  SyntheticCampaign campaign(1, 6, 0);
  for (const std::int64_t p : {1, 2}) {
    const auto x = static_cast<double>(p);
    campaign.add(0, "dot_product", models::openmp, {1, 1, p}, {.compute_s = 1e-3}, 1e5)
        .work["memory_bound"] = true;
    // Main memory does not scale at all; the cache of the small problem was not measured.
    campaign.add(1, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 1}, 1e8).experiment =
        "ceilings";
    (void)x;
  }
  Report report = make_report(campaign.results());
  EXPECT_EQ(report.series[0].rows[1].waterfall->memory, 0);
  for (const std::int64_t p : {1, 2}) {
    campaign.add(2, "memory_read", models::openmp, {1, 1, p}, {.compute_s = 1e-3}, 1e5).experiment =
        "ceilings";
  }
  report = make_report(campaign.results());
  EXPECT_NEAR(report.series[0].rows[1].waterfall->memory, 0.5, 1e-9);
}

TEST(Report, ComparesWithPeersOnTheSameWork) {
  SyntheticCampaign campaign = small_campaign();
  Point& peer = campaign.add(2, "k", models::openmp, {1, 1, 4}, {.compute_s = 0.65});
  peer.implementation = "openblas";
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.peers.size(), 1U);
  EXPECT_NEAR(report.peers[0].ratio.value, 0.5, 1e-9);
}

TEST(Report, ComparesWithAPeerOfOneThreadWhateverTheModel) {
  SyntheticCampaign campaign(1, 6, 0);
  campaign.add(0, "k", models::openmp, {1, 1, 1}, {.compute_s = 1});
  campaign.add(0, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
  campaign.add(1, "k", models::serial, {1, 1, 1}, {.compute_s = 4}).implementation = "numpy";
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.peers.size(), 1U);
  EXPECT_EQ(report.peers[0].ours, 0);
  EXPECT_NEAR(report.peers[0].ratio.value, 0.25, 1e-9);
}

TEST(Report, ComparesAPeerWithAModelOfItsOwnWithOurBest) {
  const Model processes{.name = "processes", .title = "processes", .threaded = true};
  SyntheticCampaign campaign(1, 6, 0);
  campaign.add(0, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
  campaign.add(1, "k", models::mpi, {1, 2, 1}, {.compute_s = 0.25});
  campaign.add(1, "k", models::mpi, {1, 4, 1}, {.compute_s = 0.1});
  campaign.add(2, "k", processes, {1, 1, 2}, {.compute_s = 5}).implementation = "pool-map";
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.peers.size(), 1U) << "with as many workers, the fastest only";
  EXPECT_EQ(report.peers[0].ours, 1);
  EXPECT_EQ(report.peers[0].peer, 3);
  EXPECT_NEAR(report.peers[0].ratio.value, 0.05, 1e-9);
}

TEST(Report, NamesBusyBlocksAndPointsThatDidNotConverge) {
  SyntheticCampaign campaign = small_campaign();
  Results& results = campaign.results();
  results.launches[2].busy = true;
  results.launches[2].free_cores = 1.25;
  results.points[3].state = State::not_converged;
  results.points[3].reason = "the budget of 60 s ended at 3.1 %";
  const Report report = make_report(results);
  ASSERT_EQ(report.busy.size(), 1U);
  EXPECT_EQ(report.busy[0].block, 2);
  const std::string text = render(report, Format::table);
  EXPECT_NE(text.find("1.25"), std::string::npos);
  EXPECT_NE(text.find("the budget of 60 s ended at 3.1 %"), std::string::npos);
}

TEST(Report, NamesABusyBlockWhoseFreeCoresNobodyAskedFor) {
  SyntheticCampaign campaign = small_campaign();
  Results& results = campaign.results();
  results.launches[2].busy = true;
  results.launches[2].free_cores = std::numeric_limits<double>::quiet_NaN();
  Report report = make_report(results);
  ASSERT_EQ(report.busy.size(), 1U);
  const std::string text = render(report, Format::table);
  EXPECT_NE(text.find("Blocks measured while other work"), std::string::npos);
  EXPECT_EQ(text.find(" nan"), std::string::npos) << text;
  EXPECT_TRUE(nlohmann::json::parse(render(report, Format::json))["busy_blocks"][0]["free_cores"]
                  .is_null());
  results.launches.push_back(results.launches[2]);
  results.launches.back().free_cores = 1.25;
  report = make_report(results);
  EXPECT_EQ(report.busy.at(0).free_cores, 1.25) << "what is known of a block";
}

TEST(Report, ShowsFailedPointsWithoutNumbers) {
  SyntheticCampaign campaign = small_campaign();
  Point& failed = campaign.results().points[3];
  failed.state = State::wrong_result;
  failed.reason = "3 primes too many";
  const Report report = make_report(campaign.results());
  const ScalingRow& row = report.of(report.series[1].rows.back());
  EXPECT_FALSE(row.timed);
  EXPECT_FALSE(is_known(row.own_speedup));
  EXPECT_FALSE(is_known(row.rate_per_s));
  const auto json = nlohmann::json::parse(render(report, Format::json));
  const auto& point = json["series"][1]["points"][2];
  EXPECT_EQ(point["state"], "wrong_result");
  EXPECT_EQ(point["reason"], "3 primes too many");
  EXPECT_TRUE(point["speedup_own"].is_null());
}

/// small_campaign(), and the same kernel as a pipeline: 0.5 s on two threads.
SyntheticCampaign with_pipeline() {
  SyntheticCampaign campaign = small_campaign();
  campaign.add(2, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5}).work["task"] = "pipeline";
  Results& results = campaign.results();
  const auto point = static_cast<std::int64_t>(results.points.size()) - 1;
  for (Sample& sample : results.samples) {
    if (results.launches[static_cast<std::size_t>(sample.launch)].point != point) continue;
    sample.stages = {{"read", 0.1}, {"decode", 0.8}, {"compress", 0.05}, {"write", 0.05}};
  }
  return campaign;
}

TEST(Report, HoldsAPointAgainstTheSerialTimeOfItsOwnStudy) {
  SyntheticCampaign campaign = small_campaign();
  campaign.add(9, "k", models::serial, {1, 1, 1}, amdahl_phases(0.1, 1)).scaling = Scaling::weak;
  const Report report = make_report(campaign.results());
  ASSERT_TRUE(report.series[0].serial);
  EXPECT_EQ(report.series[0].serial->point, 0) << "the weak study's serial point is faster by luck";
  EXPECT_EQ(report.scaling[0].serial_speedup.value, 1);
  campaign.results().points[0].state = State::crashed;
  const Report without = make_report(campaign.results());
  ASSERT_TRUE(without.series[1].serial);
  EXPECT_EQ(without.series[1].serial->point, 4) << "better than none";
}

TEST(Report, ShowsTheStagesOfAPipeline) {
  SyntheticCampaign campaign = with_pipeline();
  const Report report = make_report(campaign.results());
  ASSERT_EQ(report.stages.size(), 1U);
  EXPECT_EQ(report.stages[0].point, 4);
  EXPECT_EQ(report.stages[0].stages.at(1).stage, "decode");
  EXPECT_NEAR(report.stages[0].at_once, 2, 1e-9);
  const std::string text = one_line(render(report, Format::markdown));
  EXPECT_NE(text.find("k pipeline size=1000000000, strong scaling"), std::string::npos) << text;
  EXPECT_NE(text.find("NxRxT | elapsed | read | decode | compress | write | at once"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("1x1x2 | 500.0 ms | 100.0 ms | 800.0 ms | 50.00 ms | 50.00 ms | 2.00"),
            std::string::npos)
      << text;
  const auto json = nlohmann::json::parse(render(report, Format::json));
  EXPECT_EQ(json["stages"][0]["stages"][3]["stage"], "write");
  EXPECT_EQ(make_report(small_campaign().results()).stages.size(), 0U);
}

TEST(Report, HoldsAPipelineAgainstNothingThatDoesLess) {
  SyntheticCampaign campaign = with_pipeline();
  const Report report = make_report(campaign.results());
  EXPECT_TRUE(report.series[1].serial);
  EXPECT_FALSE(report.series[2].serial) << "the serial point reads and writes nothing";
  EXPECT_TRUE(report.variants.empty()) << "computing alone is no other way to do the same";
  Point& peer = campaign.add(3, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
  peer.implementation = "other";
  for (const PeerRatio& ratio : make_report(campaign.results()).peers) {
    EXPECT_NE(ratio.ours, 4) << "the peer's pass has no files";
  }
}

TEST(Json, HasStableKeysAndAllDigits) {
  SyntheticCampaign campaign = small_campaign();
  const auto json =
      nlohmann::ordered_json::parse(render(make_report(campaign.results()), Format::json));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json["series"][1].items()) keys.push_back(key);
  EXPECT_EQ(keys,
            (std::vector<std::string>{
                "series", "experiment", "kernel", "implementation", "model", "scaling", "params",
                "options", "unit", "baseline_serial", "baseline_own", "a_priori_serial_share",
                "a_priori_serial_share_interval", "points", "laws", "ranking"}));
  keys.clear();
  for (const auto& [key, value] : json["series"][1]["points"][2].items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"point",
                                            "id",
                                            "params",
                                            "nodes",
                                            "ranks_per_node",
                                            "threads",
                                            "workers",
                                            "oversubscribed",
                                            "state",
                                            "reason",
                                            "clock",
                                            "busy",
                                            "marks",
                                            "launches",
                                            "samples",
                                            "median_s",
                                            "interval_s",
                                            "rate",
                                            "ceiling_share",
                                            "ceiling_doubt",
                                            "limit",
                                            "limit_share",
                                            "limit_doubt",
                                            "speedup_serial",
                                            "efficiency_serial",
                                            "speedup_own",
                                            "efficiency_own",
                                            "a_priori",
                                            "a_priori_messages",
                                            "fitted",
                                            "held_out",
                                            "karp_flatt",
                                            "pop",
                                            "waterfall"}));
  EXPECT_EQ(json["rules"].size(), 12U);
  double sum = 0;
  const auto& waterfall = json["series"][1]["points"][2]["waterfall"];
  for (const auto part : waterfall_parts) sum += waterfall[std::string(part)].get<double>();
  EXPECT_NEAR(sum, waterfall["loss"].get<double>(), 1e-12);
}

TEST(Csv, HasARowPerPoint) {
  SyntheticCampaign campaign = small_campaign();
  campaign.results().points[2].reason = "says \"no\", twice";
  std::istringstream csv(render(make_report(campaign.results()), Format::csv));
  std::vector<std::string> lines;
  for (std::string line; std::getline(csv, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0].substr(0, 40), "series,experiment,kernel,implementation,");
  EXPECT_NE(lines[3].find("\"says \"\"no\"\", twice\""), std::string::npos);
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

TEST(TextTables, SetAllModelsOfOneStudySideBySide) {
  SyntheticCampaign campaign = small_campaign();
  campaign.add(2, "k", models::mpi, {1, 2, 1}, amdahl_phases(0.1, 2));
  campaign.add(3, "other", models::serial, {1, 1, 1}, amdahl_phases(0.1, 1));
  const std::string text = render(make_report(campaign.results()), Format::table);
  EXPECT_EQ(times_in(text, "strong scaling"), 2U) << text;
  EXPECT_EQ(times_in(text, "baseline of 'vs serial': 820.0 ms"), 1U) << text;
  for (const char* model : {"\n  serial ", "\n  openmp ", "\n  mpi "}) {
    EXPECT_NE(text.find(model), std::string::npos) << model << text;
  }
}

TEST(TextTables, CutALongReasonAndPointToTheFailures) {
  SyntheticCampaign campaign = small_campaign();
  Point& failed = campaign.results().points[3];
  failed.state = State::crashed;
  failed.reason = "exit code 7: " + std::string(65536, 'x');
  const std::string text = render(make_report(campaign.results()), Format::table);
  EXPECT_NE(text.find("exit code 7"), std::string::npos);
  EXPECT_NE(text.find("scalelaw report FILE --failures"), std::string::npos);
  EXPECT_LT(text.size(), 10000U);
  failed.state = State::not_converged;
  EXPECT_EQ(render(make_report(campaign.results()), Format::table).find("--failures"),
            std::string::npos);
}

TEST(TextTables, GroupPointsWithoutResultsByWhatTheyShare) {
  SyntheticCampaign campaign = small_campaign();
  for (const std::size_t i : {1U, 2U}) {
    campaign.results().points[i].state = State::skipped;
    campaign.results().points[i].reason = "no such driver";
  }
  campaign.results().points[3].state = State::crashed;
  campaign.results().points[3].reason = "signal 11";
  const std::string text = render(make_report(campaign.results()), Format::table);
  EXPECT_EQ(times_in(text, "no such driver"), 1U) << text;
  EXPECT_NE(text.find("  2  skipped"), std::string::npos) << text;
  EXPECT_NE(text.find("  1  crashed"), std::string::npos) << text;
}

TEST(TextTables, AreAlignedAndFitATerminal) {
  SyntheticCampaign campaign = small_campaign(8, 0.01);
  for (Point& point : campaign.results().points) {
    point.experiment = "an experiment with a name of which its author was fond";
    point.options = {{"data", "scatter"}, {"distribution", "dynamic"}, {"schedule", "guided"}};
    point.oversubscribed = true;
    point.clock = TimeSource::pretended;
  }
  Point& failed = campaign.results().points[3];
  failed.state = State::crashed;
  failed.reason = "/a/path/" + std::string(65536, 'x');
  std::istringstream text(render(make_report(campaign.results()), Format::table));
  for (std::string line; std::getline(text, line);) {
    EXPECT_LE(display_width(line), 120U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

}  // namespace
}  // namespace scalelaw::harness
