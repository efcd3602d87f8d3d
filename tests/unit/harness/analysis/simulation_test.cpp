#include "harness/analysis/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/render/formats.hpp"
#include "harness/render/simulation.hpp"
#include "support/models.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// A strong series that follows Amdahl's law to two workers, and a simulation of it to 16, whose
/// transfer takes `transfer_s` a rank.
Results both_campaigns(double transfer_s) {
  SyntheticCampaign campaign(1, 6, 0.001);
  const auto add = [&](std::int64_t series, std::int64_t ranks, double combine_s) {
    return &campaign.add(series, "dot_product", models::mpi, {1, ranks, 1},
                         {.prepare_s = 0.02,
                          .compute_s = 0.98 / static_cast<double>(ranks),
                          .combine_s = combine_s});
  };
  for (const std::int64_t ranks : {1, 2}) add(0, ranks, 0);
  for (const std::int64_t ranks : {1, 2, 4, 8, 16}) {
    Point* point = add(1, ranks, transfer_s * static_cast<double>(ranks - 1));
    point->clock = TimeSource::simulated;
    point->id += " simulated";
    point->experiment += " simulated";
  }
  return campaign.results();
}

/// The text of the findings of that kind.
std::string findings_about(const Report& report, const std::string& kind) {
  std::string out;
  for (const Finding& finding : report.findings) {
    if (finding.kind == kind) out += finding.text + "\n";
  }
  return out;
}

TEST(SimulatedSeries, IsValidatedWhereItWasMeasured) {
  const Results results = both_campaigns(0.02);
  const Report report = make_report(results);
  const std::vector<SimulatedSeries> all = simulated_series(report);
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].validated.size(), 1U) << "one worker says nothing";
  EXPECT_NEAR(all[0].validated[0].error, 0.02 / 0.51, 0.01);
  EXPECT_EQ(validation_text(all[0], report), "validated at p = 2: error 4 %");
}

TEST(SimulatedSeries, SaysWhereALawLeavesItAndWhatGrows) {
  const Results results = both_campaigns(0.02);
  const Report report = make_report(results);
  const SimulatedSeries series = simulated_series(report).at(0);
  ASSERT_FALSE(series.predictions.empty());
  for (const HeldAgainst& said : series.predictions) {
    if (said.law != "amdahl") continue;
    // At 4 of 0.265 s, transfer takes 0.06; at 2 of 0.51 s, 0.02.
    EXPECT_EQ(said.first, 4) << said.title;
    EXPECT_GT(said.first_error, departure);
    EXPECT_EQ(said.farthest, 16);
  }
  EXPECT_EQ(series.grows, Role::transfer);
  EXPECT_GT(series.grows_to, 0.5);
  const Section section = simulation_section(report);
  EXPECT_FALSE(section.table.rows.empty());
  EXPECT_NE(section.after.at(0).find("validated at p = 2"), std::string::npos);
  EXPECT_EQ(section.after.back(), "measured on unknown, Synthetic CPU");
}

TEST(SimulatedSeries, NamesTheMeasuredMachineAndTheOneOfSimGrid) {
  Results results = both_campaigns(0);
  results.environment["host.name"] = "n1";
  results.environment["simulated.on.host.name"] = "laptop";
  const Report report = make_report(results);
  EXPECT_EQ(simulation_section(report).after.back(),
            "measured on n1, Synthetic CPU; simulated on laptop");
  const auto machine = nlohmann::json::parse(report_json(report)).at("machine");
  EXPECT_EQ(machine, (nlohmann::json{{"host", "n1"},
                                     {"cpu_model", "Synthetic CPU"},
                                     {"cores", "16 of 16 cores allowed"},
                                     {"simulated_on", "laptop"}}));
}

TEST(SimulatedSeries, StaysWithAnExactLaw) {
  const Results results = both_campaigns(0);
  const Report report = make_report(results);
  const SimulatedSeries series = simulated_series(report).at(0);
  for (const HeldAgainst& said : series.predictions) {
    if (said.law != "amdahl") continue;
    EXPECT_EQ(said.first, 0) << said.title << " " << said.first_error;
    EXPECT_NEAR(said.farthest_error, 0, departure);
  }
}

TEST(SimulatedSeries, IsNotValidatedByNothing) {
  Results results = both_campaigns(0.02);
  for (Point& point : results.points) {
    if (point.clock == TimeSource::measured) point.id += " of another size";
  }
  const Report report = make_report(results);
  const SimulatedSeries series = simulated_series(report).at(0);
  EXPECT_EQ(series.measured, nullptr);
  EXPECT_EQ(validation_text(series, report), "not validated");
  EXPECT_NE(findings_about(report, "simulation").find("No simulation was validated"),
            std::string::npos);
}

TEST(SimulatedSeries, IsNeverPartOfAMeasuredFit) {
  const Results both = both_campaigns(0.2);
  Results measured = both;
  measured.points.resize(2);
  std::erase_if(measured.launches, [](const Launch& launch) { return launch.point >= 2; });
  std::erase_if(measured.samples, [&](const Sample& sample) {
    return sample.launch >= std::ssize(measured.launches);
  });
  const Report alone = make_report(measured), beside = make_report(both);
  for (const Fit& fit : alone.fits) {
    const auto same = std::find_if(beside.fits.begin(), beside.fits.end(), [&](const Fit& other) {
      return other.series == fit.series && other.law == fit.law && other.parameter == fit.parameter;
    });
    ASSERT_NE(same, beside.fits.end());
    if (fit.identifiable) {
      EXPECT_EQ(same->value, fit.value) << fit.law << " " << fit.parameter;
    }
  }
  EXPECT_EQ(beside.scaling[2].own.point, 2) << "a simulated speedup is over simulated time";
  EXPECT_TRUE(simulated_series(alone).empty());
}

TEST(PredictionsToSimulated, AreOfTheMeasuredSeries) {
  const Results results = both_campaigns(0.02);
  const Report report = make_report(results);
  std::set<std::int64_t> counts;
  for (const Prediction& one : report.predictions) {
    if (one.kind != PredictionKind::extrapolated) continue;
    EXPECT_EQ(one.series, 0);
    EXPECT_EQ(one.point, -1);
    counts.insert(one.workers);
  }
  EXPECT_EQ(counts, (std::set<std::int64_t>{4, 8, 16}));
}

TEST(SimulationFindings, NameTheWorstAndTheFirst) {
  const Results results = both_campaigns(0.02);
  const std::string text = findings_about(make_report(results), "simulation");
  EXPECT_NE(text.find("Of 1 simulation, 1 was validated; the worst is"), std::string::npos) << text;
  EXPECT_NE(text.find("transfer and waiting grow"), std::string::npos) << text;
}

TEST(SimulationFindings, CountNoSeriesOfOneWorker) {
  SyntheticCampaign campaign(1, 6, 0.001);
  for (const std::int64_t ranks : {1, 2}) {
    campaign.add(0, "dot_product", models::mpi, {1, ranks, 1}, {.compute_s = 1.0});
  }
  for (const std::int64_t series : {1, 2}) {
    for (std::int64_t ranks = 1; ranks <= series; ++ranks) {
      Point& point = campaign.add(series, "dot_product", series == 1 ? models::serial : models::mpi,
                                  {1, ranks, 1}, {.compute_s = 1.0});
      point.clock = TimeSource::simulated;
      point.id += " simulated";
      point.experiment += " simulated";
    }
  }
  const Report report = make_report(campaign.results());
  EXPECT_EQ(simulated_series(report).size(), 1U);
  const std::string text = findings_about(report, "simulation");
  EXPECT_NE(text.find("Of 1 simulation, 1 was"), std::string::npos) << text;
}

TEST(TheoryFinding, IsOfWhatWasMeasured) {
  const Report report = make_report(both_campaigns(0.5));
  EXPECT_EQ(findings_about(report, "theory").find("1x16x1"), std::string::npos);
  EXPECT_NE(findings_about(report, "theory").find("1x2x1"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
