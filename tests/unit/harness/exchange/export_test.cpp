// What is exported is read back: the same series, placements and medians, to the last digit.
#include <map>
#include <set>
#include <string>

#include "harness/results/ceiling.hpp"
#include "harness/store/results_file.hpp"
#include "support/imports.hpp"
#include "support/synthetic_results.hpp"

namespace scalelaw::harness {
namespace {

/// What must survive: the medians by series and placement, the series by their first points.
using Kept = std::map<std::pair<std::int64_t, Placement>, double>;

Kept kept_of(const Results& results, bool with_ceilings) {
  const std::vector<Summary> summaries = summarize_all(results);
  std::map<std::int64_t, std::int64_t> order;  // series by their first points with a time
  Kept out;
  for (std::size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.points[i];
    if (summaries[i].launches.empty() || is_failure(point.state)) continue;
    if (!with_ceilings && is_ceiling(point)) continue;
    const auto next = static_cast<std::int64_t>(order.size());
    const auto series = order.try_emplace(point.series, next).first->second;
    out[{series, point.placement}] = summaries[i].median_s;
  }
  return out;
}

Results back(const Results& results, const std::string& format) {
  return import_texts({{"back", export_text(results, format)}}, {.format = format}).results;
}

Results sample() {
  return read_results(SCALELAW_SOURCE_DIR "/tests/data/schema_1.h5");
}

TEST(Export, CsvKeepsEverySampleOfARealCampaign) {
  const Results before = sample(), after = back(before, "csv");
  EXPECT_EQ(kept_of(after, true), kept_of(before, true));
  const auto summaries_before = summarize_all(before), summaries_after = summarize_all(after);
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < after.points.size(); ++i) place[after.points[i].id] = i;
  for (std::size_t i = 0; i < before.points.size(); ++i) {
    if (summaries_before[i].launches.empty()) continue;
    const Point &old = before.points[i], &now = after.points[place.at(old.id)];
    const Summary& then = summaries_after[place.at(old.id)];
    EXPECT_EQ(then.times_s(), summaries_before[i].times_s());
    EXPECT_EQ(then.samples, summaries_before[i].samples);
    EXPECT_EQ(now.kernel, old.kernel);
    EXPECT_EQ(now.model.name, old.model.name);
    EXPECT_EQ(now.implementation, old.implementation);
    EXPECT_EQ(now.params, old.params);
    EXPECT_EQ(now.options, old.options);
    EXPECT_EQ(now.scaling, old.scaling);
  }
}

TEST(Export, OtherFormatsKeepSeriesPlacementsAndMedians) {
  const Results before = sample();
  for (const char* format : {"hyperfine", "extrap-jsonl"}) {
    SCOPED_TRACE(format);
    EXPECT_EQ(kept_of(back(before, format), false), kept_of(before, false));
  }
}

TEST(Export, HyperfineKeepsWhatEachPointIs) {
  const Results before = sample();
  std::set<std::string> then, now;
  for (const Point& point : before.points) {
    if (!is_ceiling(point)) then.insert(point.id);
  }
  const Results after = back(before, "hyperfine");
  for (const Point& point : after.points) now.insert(point.id);
  EXPECT_EQ(now, then);
  EXPECT_EQ(after.points[0].kernel, before.points[0].kernel);
  EXPECT_EQ(after.points[0].params, before.points[0].params);
}

TEST(Export, TextOfExtraPNeedsAllPlacements) {
  const Results full = import_text(
      "series,nodes,ranks,threads,seconds\na,1,1,1,8\na,2,4,2,1.1\nb,1,1,1,9\nb,2,4,2,1.2\n");
  EXPECT_EQ(kept_of(back(full, "extrap"), false), kept_of(full, false));
  const Results gap = import_text("series,p,seconds\na,1,8\na,2,5\nb,1,9\n");
  try {
    (void)export_text(gap, "extrap");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        std::string(error.what()),
        "'b, workers' was measured at 1 of 2 placements, and Extra-P's text format needs all of "
        "them for each series");
  }
}

TEST(Export, SaysWhatIsInvented) {
  const Results pretended = import_text("p,seconds,clock\n1,1,pretended\n2,1,pretended\n");
  EXPECT_EQ(back(pretended, "csv").points[0].clock, TimeSource::pretended);
  EXPECT_THROW((void)export_text(pretended, "hyperfine"), Error);
  EXPECT_THROW((void)export_text(pretended, "extrap"), Error);
}

TEST(Export, SurvivesRandomCampaigns) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Results before = SyntheticResults(seed).campaign();
    if (kept_of(before, true).empty()) continue;
    EXPECT_EQ(kept_of(back(before, "csv"), true), kept_of(before, true));
  }
}

TEST(Export, RefusesUnknownFormatsAndNothing) {
  EXPECT_THROW((void)export_text(sample(), "reframe"), Error);
  EXPECT_THROW((void)export_text(Results{}, "csv"), Error);
}

}  // namespace
}  // namespace scalelaw::harness
