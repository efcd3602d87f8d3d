// What is predicted, against series that others measured (tests/data/scaling): the largest p of
// each, from the earlier ones.  Families count alike; README.md there says what a family is.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "harness/exchange/exchange.hpp"
#include "harness/laws/combined.hpp"
#include "harness/laws/distance.hpp"
#include "harness/laws/series.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

constexpr double least_coverage = 0.90, most_coverage = 0.98;

/// A series with the point that is to be predicted.
struct Case {
  std::string family;
  Scaling scaling = Scaling::strong;
  double weight = 1;  ///< of its family, 1 together
  std::vector<Observation> known;
  Load load;
  double measured_s = 0;

  [[nodiscard]] double factor() const { return load.workers / known.back().load.workers; }
};

/// File, and the first two parts of the series' name.
std::string family_of(const fs::path& file, const std::string& series) {
  std::size_t end = series.find('/');
  if (end != std::string::npos) end = series.find('/', end + 1);
  return file.stem().string() + ": " + series.substr(0, end);
}

Case case_of(const Series& series, const Series::Member& target, const fs::path& file) {
  Case out;
  out.family = family_of(file, series.first->kernel);
  out.scaling = series.first->scaling;
  out.known = series.observations();
  out.load = target.load;
  out.measured_s = target.median_s;
  return out;
}

/// Gives each family the total weight 1.
void weigh(std::vector<Case>& cases) {
  std::map<std::string, double> size;
  for (const Case& one : cases) ++size[one.family];
  for (Case& one : cases) one.weight = 1 / size[one.family];
}

/// All cases of one scaling: the largest p held out, or each p between others.
std::vector<Case> cases_of(Scaling scaling, bool largest) {
  std::vector<Case> out;
  for (const auto& file : fs::directory_iterator(SCALELAW_SOURCE_DIR "/tests/data/scaling")) {
    if (file.path().extension() != ".csv") continue;
    const Results results = import_files({file.path().string()}, {}).results;
    for (const Series& series : series_of(results, summarize_all(results))) {
      const std::size_t n = series.members.size();
      if (series.first->scaling != scaling || n < 4) continue;
      for (std::size_t i = largest ? n - 1 : 1; i < (largest ? n : n - 1); ++i) {
        Series rest = series;
        rest.members.erase(rest.members.begin() + static_cast<std::ptrdiff_t>(i));
        out.push_back(case_of(rest, series.members[i], file.path()));
      }
    }
  }
  weigh(out);
  return out;
}

/// The share of the cases, families alike, for which `holds`.
template <class Holds>
double share(const std::vector<Case>& cases, const Holds& holds) {
  double all = 0, held = 0;
  for (const Case& one : cases) {
    all += one.weight;
    if (holds(one)) held += one.weight;
  }
  return held / all;
}

bool holds(const std::optional<Interval>& band, double x) {
  return band && band->low <= x && x <= band->high;
}

/// ln(measured/predicted)/ln f of the combined prediction.
double miss_of(const Case& one) {
  const Combined combined(one.scaling, one.known);
  return std::log(one.measured_s / combined.seconds(one.load)) / std::log(one.factor());
}

/// Of weighted values, between the middles of their steps, as scripts/score-laws has it.
double quantile(std::vector<std::pair<double, double>> weighted, double level) {
  std::sort(weighted.begin(), weighted.end());
  double all = 0, below = 0;
  for (const auto& [value, weight] : weighted) all += weight;
  std::pair<double, double> last{0, weighted.front().first};
  for (const auto& [value, weight] : weighted) {
    const double middle = below + weight / 2;
    if (middle >= level * all) {
      if (middle == last.first) return value;
      return last.second +
             (level * all - last.first) / (middle - last.first) * (value - last.second);
    }
    last = {middle, value};
    below += weight;
  }
  return weighted.back().first;
}

double absolute_error(const Case& one, double predicted_s) {
  return std::abs(predicted_s / one.measured_s - 1);
}

LawFit amdahl_fit(const Case& one) {
  for (const Law* law : all_laws()) {
    if (law->name == "amdahl") return {*law, one.known};
  }
  throw std::logic_error("there is no law 'amdahl'");
}

class Corpus : public testing::TestWithParam<Scaling> {};

TEST_P(Corpus, BandsCoverTheLargestP) {
  const double covered = share(cases_of(GetParam(), true), [](const Case& one) {
    const Combined combined(one.scaling, one.known);
    return holds(combined.band_s(one.load, combined.typical_noise()), one.measured_s);
  });
  EXPECT_GE(covered, least_coverage);
  EXPECT_LE(covered, most_coverage);
}

/// The rule, and not only its figures: the distances of the other families cover each family.
TEST_P(Corpus, DistancesOfOtherFamiliesCoverAFamily) {
  const std::vector<Case> cases = cases_of(GetParam(), true);
  std::map<const Case*, double> misses;
  for (const Case& one : cases) misses[&one] = miss_of(one);
  const double covered = share(cases, [&](const Case& one) {
    std::vector<std::pair<double, double>> others;
    for (const Case& other : cases) {
      if (other.family != one.family) others.emplace_back(misses[&other], other.weight);
    }
    return quantile(others, 0.025) <= misses[&one] && misses[&one] <= quantile(others, 0.975);
  });
  EXPECT_GE(covered, least_coverage);
  EXPECT_LE(covered, most_coverage);
}

TEST_P(Corpus, BandsCoverWhatLiesBetweenMeasuredPoints) {
  const double covered = share(cases_of(GetParam(), false), [](const Case& one) {
    const Combined combined(one.scaling, one.known);
    return holds(combined.band_s(one.load, combined.typical_noise()), one.measured_s);
  });
  EXPECT_GE(covered, least_coverage);
  EXPECT_LE(covered, most_coverage);
}

INSTANTIATE_TEST_SUITE_P(Both, Corpus, testing::Values(Scaling::strong, Scaling::weak),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST(CorpusOfStrongSeries, BandsOfALawCoverTheLargestP) {
  const double covered = share(cases_of(Scaling::strong, true), [](const Case& one) {
    const LawFit fit = amdahl_fit(one);
    return holds(widened(fit.seconds(one.load), fit.band_s(one.load, fit.typical_noise()),
                         distance_of("amdahl", one.scaling), one.factor()),
                 one.measured_s);
  });
  EXPECT_GE(covered, least_coverage);
  EXPECT_LE(covered, most_coverage);
}

/// What a band from residuals alone would say: it fails what the others pass.
TEST(CorpusNegativeControl, ABandFromResidualsFails) {
  const double covered = share(cases_of(Scaling::strong, true), [](const Case& one) {
    const LawFit fit = amdahl_fit(one);
    double squares = 0;
    for (const Observation& o : one.known) {
      squares += std::pow(o.time.centre - std::log(fit.seconds(o.load)), 2);
    }
    const auto freedom = static_cast<double>(one.known.size() - 2);
    const boost::math::students_t_distribution<double> law(freedom);
    const double half = boost::math::quantile(law, 0.975) * std::sqrt(squares / freedom);
    return std::abs(std::log(one.measured_s / fit.seconds(one.load))) <= half;
  });
  EXPECT_LT(covered, least_coverage);
}

TEST(CorpusOfStrongSeries, TheCombinedPredictionBeatsAmdahl) {
  std::vector<std::pair<double, double>> combined, amdahl;
  for (const Case& one : cases_of(Scaling::strong, true)) {
    const Combined prediction(one.scaling, one.known);
    combined.emplace_back(absolute_error(one, prediction.seconds(one.load)), one.weight);
    amdahl.emplace_back(absolute_error(one, amdahl_fit(one).seconds(one.load)), one.weight);
  }
  EXPECT_LT(quantile(combined, 0.5), 0.8 * quantile(amdahl, 0.5));
  EXPECT_LT(quantile(combined, 0.9), quantile(amdahl, 0.9));
}

}  // namespace
}  // namespace scalelaw::harness
