// One point has one measured speedup, wherever it is told; and what algebra says is equal, is.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "harness/analysis/compare.hpp"
#include "harness/analysis/contest.hpp"
#include "harness/analysis/derive.hpp"
#include "harness/analysis/measured.hpp"
#include "harness/analysis/numbers.hpp"
#include "harness/render/compare.hpp"
#include "harness/render/formats.hpp"
#include "harness/store/results_file.hpp"
#include "support/synthetic.hpp"
#include "support/synthetic_results.hpp"
#include "support/temporary_folder.hpp"

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
  derive(campaign.results());
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
    EXPECT_EQ(report.of(row).own_speedup.value, speedup);
    EXPECT_EQ(results.scaling[i].own_speedup.value, speedup);
    EXPECT_EQ(json["series"][1]["points"][i - 1]["speedup_own"]["value"], speedup);
    EXPECT_EQ(json["series"][1]["points"][i - 1]["efficiency_own"]["value"], speedup / p);
    EXPECT_EQ(std::stod(csv[i].at("speedup_own")), speedup);
    const std::string shown = two_decimals(speedup) + " [";
    EXPECT_NE(text.find(shown), std::string::npos) << shown << text;
    EXPECT_NE(markdown.find(shown), std::string::npos) << shown;
    EXPECT_NEAR(results.scaling[i].karp_flatt, (1 / speedup - 1 / p) / (1 - 1 / p), 1e-15);
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
    const ScalingRow& row = results.scaling[static_cast<std::size_t>(p.point)];
    EXPECT_EQ(row.own_speedup.value, p.measured) << "the tables show what errors are of";
    EXPECT_EQ(row.own.point, -1);
    EXPECT_LE(row.own_speedup.low, p.measured);
    EXPECT_TRUE(std::isnan(row.karp_flatt)) << "no one worker was measured";
  }
  EXPECT_EQ(measured.size(), 5U);
  const std::string text = render(make_report(results), Format::table);
  EXPECT_NE(text.find("(openmp, one worker by Amdahl"), std::string::npos) << text;
}

/// Equal to the last bit; both unknown is equal, too.
bool same_bits(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

double number_in(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : std::nan("");
}

double number_in(const std::string& cell) {
  return cell.empty() ? std::nan("") : std::stod(cell);
}

Results stored_and_read(const Results& results) {
  const TemporaryFolder folder;
  write_results(folder / "r.h5", results);
  return read_results(folder / "r.h5");
}

/// What the formats of the report say of each point, in the order of its series.
void expect_one_number(const Results& results) {
  const Report report = make_report(results);
  const auto json = nlohmann::json::parse(render(report, Format::json));
  const auto csv = rows_of(render(report, Format::csv));
  std::size_t line = 0;
  for (std::size_t s = 0; s < report.series.size(); ++s) {
    for (std::size_t k = 0; k < report.series[s].rows.size(); ++k) {
      const auto i = static_cast<std::size_t>(report.series[s].rows[k].point);
      const ScalingRow& row = results.scaling[i];
      const auto& nested = json["series"][s]["points"][k];
      const auto& flat = json["scaling"][i];
      const auto& cells = csv.at(line++);
      for (const auto& [name, column, quantity] :
           {std::tuple("speedup_own", "own_speedup", row.own_speedup),
            std::tuple("efficiency_own", "own_efficiency", row.own_efficiency),
            std::tuple("speedup_serial", "serial_speedup", row.serial_speedup),
            std::tuple("efficiency_serial", "serial_efficiency", row.serial_efficiency)}) {
        const std::string field = name, stored = column;
        const auto told = nested[field].is_null() ? nlohmann::json() : nested[field]["value"];
        EXPECT_PRED2(same_bits, quantity.value, number_in(told)) << field;
        EXPECT_PRED2(same_bits, quantity.value, number_in(flat[stored])) << stored;
        EXPECT_PRED2(same_bits, quantity.low, number_in(flat[stored + "_low"])) << stored;
        EXPECT_PRED2(same_bits, quantity.value, number_in(cells.at(field))) << field;
        EXPECT_PRED2(same_bits, quantity.high, number_in(cells.at(field + "_high"))) << field;
      }
    }
  }
}

class RandomCampaigns : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomCampaigns, HaveOneSpeedupOfAPointInAllTheirTables) {
  Results results = SyntheticResults(GetParam()).campaign();
  derive(results);
  ASSERT_EQ(results.scaling.size(), results.points.size());
  const Results read = stored_and_read(results);
  EXPECT_EQ(everything(read), everything(results)) << "the file keeps every bit";
  expect_one_number(read);
  for (const Prediction& p : read.predictions) {
    if (p.point < 0) continue;
    const ScalingRow& row = read.scaling[static_cast<std::size_t>(p.point)];
    EXPECT_PRED2(same_bits, p.measured, row.own_speedup.value);
    EXPECT_EQ(p.marks, row.marks);
  }
  const Comparison twice = compare(read, read, 0);
  const auto json = nlohmann::json::parse(compare_json(twice, read, read));
  for (std::size_t i = 0; i < twice.points.size(); ++i) {
    const ScalingRow& row = read.scaling[static_cast<std::size_t>(twice.points[i].now)];
    EXPECT_PRED2(same_bits, row.time_s.value, twice.points[i].now_s);
    EXPECT_PRED2(same_bits, row.time_s.value, number_in(json["points"][i]["new_s"]));
    if (row.own.point < 0 || !row.timed) continue;
    const double one_s = twice.points[static_cast<std::size_t>(row.own.point)].base_s;
    EXPECT_PRED2(same_bits, one_s / twice.points[i].now_s * row.work, row.own_speedup.value);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCampaigns, testing::Range<std::uint64_t>(1, 61));

TEST(RandomCampaignsNegativeControl, HaveSpeedupsAndADifferenceIsSeen) {
  std::size_t speedups = 0, intervals = 0, fitted = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    for (const ScalingRow& row : make_report(SyntheticResults(seed).campaign()).scaling) {
      speedups += is_known(row.own_speedup) ? 1 : 0;
      intervals += interval_of(row.own_speedup) ? 1 : 0;
      fitted += is_known(row.own_speedup) && row.own.point < 0 ? 1 : 0;
    }
  }
  EXPECT_GT(speedups, 50U);
  EXPECT_GT(intervals, 10U);
  EXPECT_GT(fitted, 5U);
  EXPECT_FALSE(same_bits(1, std::nextafter(1.0, 2.0)));
  EXPECT_FALSE(same_bits(1, std::nan("")));
}

TEST(MeasuredRatio, IsOfMediansWithTheirRankIntervals) {
  SyntheticCampaign campaign(5, 7, 0.15);
  campaign.add(0, "k", models::serial, {1, 1, 1}, {.compute_s = 1});
  campaign.add(1, "k", models::openmp, {1, 1, 2}, {.compute_s = 0.5});
  const std::vector<Summary> of = summarize_all(campaign.results());
  const Ratio ratio = measured_ratio(of[0], of[1]), speedup = measured_speedup(of[0], of[1], 3);
  EXPECT_EQ(ratio.value, of[0].median_s / of[1].median_s);
  ASSERT_TRUE(ratio.interval && speedup.interval);
  EXPECT_EQ(speedup.value, ratio.value * 3);
  EXPECT_EQ(speedup.interval->low, ratio.interval->low * 3);
  Summary none = of[0];
  none.launches[0].median_s = 0;
  EXPECT_FALSE(measured_ratio(none, of[1]).interval);
  EXPECT_FALSE(measured_speedup(Ratio{1, Interval{0, 2, 0.95}}, of[1], 1).interval);
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
    const ScalingRow& numbers = report.of(row);
    EXPECT_EQ(amdahl.estimates()[1].value, numbers.karp_flatt) << seed;
    EXPECT_EQ(amdahl.estimates()[0].value, series.own->seconds.value) << seed;
    EXPECT_EQ(row.fitted->speedup, numbers.own_speedup.value) << seed;
    EXPECT_EQ(two_decimals(row.fitted->speedup), two_decimals(numbers.own_speedup.value));
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
  ASSERT_LT(report.of(row).karp_flatt, 0);
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
  const double mean_s = median_over_launches(samples.timed[0], {}, [](const Sample& sample) {
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
  EXPECT_EQ(speedup_interval(1.66, lopsided), "1.66 [0.92, 1.99]");
  EXPECT_EQ(speedup_interval(12.34, Interval{12.3, 12.38, 0.95}), "12.34 [12.30, 12.38]");
  EXPECT_EQ(speedup_interval(63.21, Interval{60.1, 65.04, 0.95}), "63.2 [60.1, 65.0]");
  EXPECT_EQ(speedup_interval(40004.43, Interval{39680.06, 40228.65, 0.95}), "40000 [39680, 40230]");
  EXPECT_EQ(speedup_interval(40004.43, std::nullopt), "40004.43");
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
