// One point has one measured speedup, wherever it is told; and what algebra says is equal, is.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/analysis/numbers.hpp"
#include "harness/render/advise.hpp"
#include "harness/render/formats.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

/// Launches that differ by as much as on a busy machine, so that means and medians lie apart.
Results noisy_campaign(std::uint64_t seed, const std::vector<std::int64_t>& workers,
                       Scaling scaling = Scaling::strong) {
  SyntheticCampaign campaign(seed, 7, 0.15);
  campaign.add(0, "k", models::serial, {1, 1, 1}, {.prepare_s = 0.1, .compute_s = 0.8});
  for (const std::int64_t p : workers) {
    const auto x = static_cast<double>(p);
    const double work = scaling == Scaling::weak ? x : 1;
    campaign
        .add(1, "k", models::openmp, {1, 1, p}, {.prepare_s = 0.1, .compute_s = 0.9 * work / x},
             1e9 * work)
        .scaling = scaling;
  }
  add_laws(campaign.results());
  return campaign.results();
}

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// The seconds of each point, from the raw samples alone.
std::vector<double> seconds_of_points(const Results& results) {
  std::vector<std::map<std::int64_t, std::vector<double>>> totals(results.points.size());
  for (const Sample& sample : results.samples) {
    const Launch& launch = results.launches[static_cast<std::size_t>(sample.launch)];
    totals[static_cast<std::size_t>(launch.point)][sample.launch].push_back(sample.total_s);
  }
  std::vector<double> seconds;
  for (const auto& launches : totals) {
    std::vector<double> medians;
    for (const auto& [launch, samples] : launches) medians.push_back(middle(samples));
    seconds.push_back(middle(medians));
  }
  return seconds;
}

/// The cells of the CSV's columns `names`, by row.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::vector<std::string> header;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) {
        cells.emplace_back();
      } else if (c != '"' && c != '\r') {
        cells.back() += c;
      }
    }
    if (header.empty()) {
      header = cells;
      continue;
    }
    std::map<std::string, std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = cells[i];
  }
  return rows;
}

class OneNumber : public testing::TestWithParam<Scaling> {};

TEST_P(OneNumber, IsTheMeasuredSpeedupWhereverItStands) {
  const Results results = noisy_campaign(5, {1, 2, 3, 4}, GetParam());
  const std::vector<double> seconds = seconds_of_points(results);
  const Report report = make_report(results);
  const auto json = nlohmann::json::parse(render(report, Format::json));
  const auto csv = rows_of(render(report, Format::csv));
  const std::string text = render(report, Format::table),
                    markdown = render(report, Format::markdown);
  for (std::size_t i = 2; i < results.points.size(); ++i) {
    const auto p = static_cast<double>(results.points[i].placement.workers());
    const double work = GetParam() == Scaling::weak ? p : 1;
    const double speedup = seconds[1] / seconds[i] * work;
    const ReportRow& row = report.series[1].rows[i - 1];
    EXPECT_EQ(row.speedup_own->value, speedup);
    EXPECT_EQ(json["series"][1]["points"][i - 1]["speedup_own"]["value"], speedup);
    EXPECT_EQ(json["series"][1]["points"][i - 1]["efficiency_own"]["value"], speedup / p);
    EXPECT_EQ(std::stod(csv[i].at("speedup_own")), speedup);
    const std::string shown = two_decimals(speedup) + " [";
    EXPECT_NE(text.find(shown), std::string::npos) << shown << text;
    EXPECT_NE(markdown.find(shown), std::string::npos) << shown;
    EXPECT_NEAR(*row.karp_flatt, (1 / speedup - 1 / p) / (1 - 1 / p), 1e-15);
    EXPECT_EQ(row.waterfall->loss, 1 - speedup / p);
    int predictions = 0;
    for (const Prediction& prediction : results.predictions) {
      if (prediction.point != static_cast<std::int64_t>(i)) continue;
      ++predictions;
      EXPECT_EQ(prediction.measured, speedup) << to_string(prediction.kind);
      EXPECT_EQ(prediction.error, (prediction.speedup - speedup) / speedup);
      EXPECT_EQ(prediction.inside, prediction.low <= speedup && speedup <= prediction.high);
    }
    EXPECT_GT(predictions, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Scalings, OneNumber, testing::Values(Scaling::strong, Scaling::weak),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(OneNumberWithoutOneWorker, IsOverTheSameBaselineForAllLaws) {
  const Results results = noisy_campaign(5, {2, 3, 4, 8, 16});
  std::map<std::int64_t, double> measured;
  for (const Prediction& p : results.predictions) {
    EXPECT_EQ(p.measured, measured.try_emplace(p.point, p.measured).first->second) << p.law;
  }
  EXPECT_EQ(measured.size(), 5U);
}

/// At p = 1 and one other count Amdahl's law is solved, not fitted: its s is Karp and Flatt's e,
/// and its curve goes through the measurement, as the sign "=" says.  All digits are equal.
TEST(TwoWorkerCounts, GiveAmdahlTheSerialFractionOfKarpAndFlatt) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto p = static_cast<std::int64_t>(2 + seed % 7);
    const Results results = noisy_campaign(seed, {1, p});
    const Report report = make_report(results);
    const ReportSeries& series = report.series[1];
    const ReportRow& row = series.rows.back();
    const LawFit& amdahl = series.laws.fits.front();
    if (!row.fitted || !row.fitted_exactly) continue;
    ++compared;
    EXPECT_EQ(amdahl.estimates()[1].value, *row.karp_flatt) << seed;
    EXPECT_EQ(amdahl.estimates()[0].value, series.own->seconds) << seed;
    EXPECT_EQ(row.fitted->speedup, row.speedup_own->value) << seed;
    EXPECT_EQ(two_decimals(row.fitted->speedup), two_decimals(row.speedup_own->value));
  }
  EXPECT_GT(compared, 30);
}

TEST(TwoWorkerCounts, AreNotMarkedAsMetWhereABoundKeepsTheLawAway) {
  SyntheticCampaign campaign(1, 7, 0.05);  // a little faster than linear
  campaign.add(0, "k", models::openmp, {1, 1, 1}, {.compute_s = 1});
  campaign.add(0, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.495});
  const Report report = make_report(campaign.results());
  const ReportRow& row = report.series[0].rows.back();
  ASSERT_TRUE(row.fitted);
  ASSERT_LT(*row.karp_flatt, 0);
  EXPECT_FALSE(row.fitted_exactly);
}

TEST(Pop, FormsItsRatiosLastSoThatTheyMultiply) {
  SyntheticCampaign campaign(3, 7, 0.2);
  campaign.add(0, "k", models::mpi, {1, 4, 1},
               {.prepare_s = 0.1, .compute_s = 0.6, .combine_s = 0.1, .slowest = 1.5});
  Results& results = campaign.results();
  for (Sample& sample : results.samples) {  // each rank strays by itself
    for (RankTimes& rank : sample.ranks) {
      const auto k = static_cast<double>((sample.index * 7 + rank.rank * 3 + sample.launch) % 5);
      rank.busy_s[0] *= 0.8 + 0.1 * k;
    }
  }
  const SampleIndex samples = index_samples(results);
  const auto pop = pop_efficiency(samples.timed[0]);
  const double mean_s = median_over_launches(samples.timed[0], [](const Sample& sample) {
    double sum = 0;
    for (const RankTimes& rank : sample.ranks) sum += rank.busy_s[0];
    return sum / 4;
  });
  ASSERT_TRUE(pop);
  EXPECT_EQ(pop->parallel, pop->load_balance * pop->communication);
  EXPECT_NEAR(pop->parallel, mean_s / seconds_of_points(results)[0], 1e-15);
}

TEST(Intervals, ShowBothEnds) {
  const Interval lopsided{0.92, 1.99, 0.95};
  EXPECT_EQ(with_interval(1.66, lopsided, two_decimals), "1.66 [0.92, 1.99]");
  EXPECT_EQ(with_interval(1, Interval{0.74, 3.97, 0.95}, two_decimals), "1.00 [0.74, 3.97]");
  EXPECT_EQ(with_interval(1.66, std::nullopt, two_decimals), "1.66");
  EXPECT_EQ(with_interval(std::nan(""), std::nullopt), "-");
  EXPECT_EQ(seconds_interval(0.055, Interval{0.0545, 0.06, 0.95}), "55.00 ms [54.50 ms, 60.00 ms]");
  EXPECT_EQ(relative_interval(2, Interval{1.9, 2.6, 0.95}), "-5.0 +30.0 %");
  EXPECT_EQ(relative_interval(2, Interval{1.9, 2.1, 0.95}), "±5.0 %");
  EXPECT_EQ(relative_interval(2, std::nullopt), "-");
}

TEST(Intervals, HideNothingInAnyTable) {
  const Results results = noisy_campaign(5, {1, 2, 4, 8});
  const Report report = make_report(results);
  for (const Format format : {Format::table, Format::markdown}) {
    const std::string text = render(report, format);
    EXPECT_EQ(text.find("±?"), std::string::npos) << text;
    EXPECT_EQ(text.find(" ±0."), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace scalelaw::harness
