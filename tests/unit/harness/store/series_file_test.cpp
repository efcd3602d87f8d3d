#include "harness/store/series_file.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/error.hpp"
#include "harness/statistics/summary.hpp"

namespace scalelaw::harness {
namespace {

TEST(SeriesFile, ReadsTimesOfOneSeries) {
  const Results results = series_from("p,seconds\n1,8\n2,4.5\r\n\n4,2.5", "times.csv");
  ASSERT_EQ(results.points.size(), 3U);
  EXPECT_EQ(results.points[1].placement.workers(), 2);
  EXPECT_EQ(results.points[1].kernel, "times");
  EXPECT_EQ(results.points[1].scaling, Scaling::strong);
  EXPECT_EQ(summarize(results, 2).median_s, 2.5);
}

TEST(SeriesFile, TakesRepetitionsAsLaunches) {
  const Results results = series_from("seconds,repetition,p\n8,1,1\n9,2,1\n10,3,1\n", "a");
  ASSERT_EQ(results.points.size(), 1U);
  EXPECT_EQ(summarize(results, 0).launches.size(), 3U);
  EXPECT_EQ(summarize(results, 0).median_s, 9);
}

TEST(SeriesFile, DistinguishesSeriesByNameAndScaling) {
  const Results results = series_from(
      "series,scaling,p,seconds\n\"a, b\",strong,1,8\n\"a, b\",weak,2,8\nc,weak,4,1\n", "a");
  ASSERT_EQ(results.points.size(), 3U);
  EXPECT_EQ(results.points[0].kernel, "a, b");
  EXPECT_NE(results.points[0].series, results.points[1].series);
  EXPECT_NE(results.points[1].series, results.points[2].series);
  EXPECT_EQ(results.points[2].work["operations"], 4) << "weak: each worker has its share";
}

TEST(SeriesFile, SaysWhatIsWrongAndWhere) {
  const auto fault = [](const std::string& text) -> std::string {
    try {
      series_from(text, "x.csv");
    } catch (const Error& e) {
      EXPECT_FALSE(e.hint().empty());
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(fault("p,seconds\n1,1\n"), "");
  EXPECT_EQ(fault("p,time\n1,1\n"), "'x.csv' has no column 'seconds'");
  EXPECT_EQ(fault("workers,seconds\n1,1\n"), "'x.csv' has no column 'p'");
  EXPECT_EQ(fault("p,seconds\n"), "'x.csv' has no times");
  EXPECT_EQ(fault(""), "'x.csv' has no times");
  EXPECT_EQ(fault("p,seconds\n1,1\n2\n"), "'x.csv', line 3: 1 cells, and the header has 2");
  EXPECT_EQ(fault("p,seconds\n1,0\n"), "'x.csv', line 2: '0' is not a positive number");
  EXPECT_EQ(fault("p,seconds\n1,1s\n"), "'x.csv', line 2: '1s' is not a positive number");
  EXPECT_EQ(fault("p,seconds\n1,inf\n"), "'x.csv', line 2: 'inf' is not a positive number");
  EXPECT_EQ(fault("p,seconds\n1.5,1\n"),
            "'x.csv', line 2: p is '1.5', not a whole number of workers");
  EXPECT_EQ(fault("p,seconds,scaling\n1,1,wide\n"), "'x.csv', line 2: unknown scaling 'wide'");
}

}  // namespace
}  // namespace scalelaw::harness
