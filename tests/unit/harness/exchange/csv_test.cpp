#include <fmt/format.h>

#include <cmath>
#include <string>

#include "harness/exchange/delimited.hpp"
#include "harness/exchange/iso_time.hpp"
#include "support/imports.hpp"

namespace scalelaw::harness {
namespace {

TEST(Csv, ReadsTimesOfOneSeries) {
  const Results results = import_text("p,seconds\n1,8\n2,4.5\r\n\n4,2.5", {}, "times.csv");
  ASSERT_EQ(results.points.size(), 3U);
  const Point& point = results.points[1];
  EXPECT_EQ(point.placement, (Placement{1, 2, 1}));
  EXPECT_EQ(point.kernel, "times");
  EXPECT_EQ(point.scaling, Scaling::strong);
  EXPECT_EQ(point.clock, TimeSource::imported);
  EXPECT_EQ(point.state, State::ok);
  EXPECT_TRUE(point.is_ours()) << "the subject of its file";
  EXPECT_EQ(point.implementation, "unknown");
  EXPECT_EQ(summarize(results, 2).median_s, 2.5);
}

TEST(Csv, SaysThatTheRestIsUnknown) {
  const Results results = import_text("p,seconds\n1,8\n");
  EXPECT_EQ(results.environment.at("cpu.model"), "unknown");
  EXPECT_EQ(results.environment.at("import.format"), "csv");
  EXPECT_EQ(results.started, "unknown");
  EXPECT_TRUE(std::isnan(results.launches[0].wall_s));
  EXPECT_TRUE(std::isnan(results.launches[0].free_cores));
  EXPECT_TRUE(results.launches[0].header.is_null());
  EXPECT_FALSE(results.samples[0].verified);
  EXPECT_TRUE(summarize(results, 0).unproven);
}

TEST(Csv, TakesRepetitionsAsLaunches) {
  const Results results = import_text("seconds,repetition,p\n8,1,1\n9,2,1\n10,3,1\n");
  ASSERT_EQ(results.points.size(), 1U);
  EXPECT_EQ(summarize(results, 0).launches.size(), 3U);
  EXPECT_EQ(summarize(results, 0).median_s, 9);
}

TEST(Csv, TakesTimesOfOneLaunchAsItsSamples) {
  const Results results =
      import_text("threads,launch,repetition,seconds\n2,1,1,4\n2,1,2,6\n2,2,1,8\n2,1,3,7\n");
  const Summary summary = summarize(results, 0);
  ASSERT_EQ(summary.launches.size(), 2U);
  EXPECT_EQ(summary.launches[0].median_s, 6);
  EXPECT_EQ(summary.samples, 4);
  for (std::size_t i = 1; i < results.samples.size(); ++i) {
    EXPECT_LE(results.samples[i - 1].launch, results.samples[i].launch) << "launches are adjacent";
  }
}

TEST(Csv, DistinguishesSeriesByNameScalingAndSize) {
  const Results results = import_text(
      "series,scaling,p,size,seconds\n\"a, b\",strong,1,7,8\n\"a, b\",weak,2,7,8\n"
      "\"a, b\",weak,4,14,8\n\"a, b\",strong,1,8,9\nc,weak,4,7,1\n");
  ASSERT_EQ(results.points.size(), 5U);
  const auto series = [&](std::size_t i) { return results.points[i].series; };
  EXPECT_EQ(results.points[0].kernel, "a, b");
  EXPECT_NE(series(0), series(1));
  EXPECT_EQ(series(1), series(2)) << "the size of a weak series grows";
  EXPECT_NE(series(0), series(3)) << "that of a strong one does not";
  EXPECT_NE(series(1), series(4));
  EXPECT_EQ(results.points[4].work["operations"], 4) << "weak: each worker has its share";
}

TEST(Csv, KnowsUsualNamesAndUnits) {
  const auto time = [](const std::string& header, const std::string& cell) {
    return summarize(import_text(header + "\n1," + cell + "\n"), 0).median_s;
  };
  EXPECT_EQ(time("Cores,Time (ms)", "250"), 0.25);
  EXPECT_EQ(time("np,elapsed [us]", "250"), 0.00025);
  EXPECT_EQ(time("MPI ranks,wall_time_ns", "3"), 3e-9);
  EXPECT_EQ(time("nthreads,runtime", "7"), 7);
  EXPECT_EQ(time("Number of MPI processes,Wallclock (s)", "7"), 7);
  EXPECT_EQ(time("n_workers,exec_time", "7"), 7);
  EXPECT_EQ(time("thread count,wall_ms", "7"), 0.007);
  EXPECT_EQ(import_fault("n_times,seconds\n1,1\n"), "'x.csv', line 1: unknown column 'n_times'");
}

TEST(Csv, ReadsOtherSeparatorsAndComments) {
  for (const char* text : {"# by hand\np;seconds\n1;8\n# the end\n", "p\tseconds\n1\t8\n",
                           "p   seconds\n 1   8 \n", "\xef\xbb\xbfp|seconds\n1|8\n"}) {
    EXPECT_EQ(summarize(import_text(text), 0).median_s, 8) << text;
  }
  EXPECT_EQ(summarize(import_text("p:seconds\n1:8\n", {.separator = ":"}), 0).median_s, 8);
  EXPECT_EQ(import_fault("p,seconds\n1,8\n", {.separator = "::"}),
            "'x.csv': --separator '::' is not one character");
}

TEST(Csv, WorksOutThePlacement) {
  const auto placed = [](const std::string& header, const std::string& row) {
    return import_text(header + ",seconds\n" + row + ",1\n").points[0].placement;
  };
  EXPECT_EQ(placed("ranks,threads", "4,2"), (Placement{1, 4, 2}));
  EXPECT_EQ(placed("nodes,ranks,threads", "2,4,8"), (Placement{2, 2, 8}));
  EXPECT_EQ(placed("nodes,ppn", "2,4"), (Placement{2, 4, 1}));
  EXPECT_EQ(placed("p,threads", "8,2"), (Placement{1, 4, 2}));
  EXPECT_EQ(placed("p,ranks", "8,2"), (Placement{1, 2, 4}));
  EXPECT_EQ(placed("nodes,p", "2,8"), (Placement{2, 4, 1}));
  EXPECT_EQ(placed("nodes,threads", "2,8"), (Placement{2, 1, 8}));
  EXPECT_EQ(placed("nodes", "4"), (Placement{4, 1, 1}));
  EXPECT_EQ(placed("p,nodes,ranks,threads", "8,2,4,2"), (Placement{2, 2, 2}));
}

TEST(Csv, NamesModelsByWhatTheyHave) {
  const Results results = import_text(
      "kernel,model,ranks,threads,seconds\nk,serial,1,1,9\nk,omp,1,1,9.5\nk,omp,1,2,5\n"
      "k,mpi,2,1,5\n");
  EXPECT_FALSE(results.points[0].model.is_parallel()) << "never more than one worker";
  EXPECT_TRUE(results.points[1].model.threaded && !results.points[1].model.ranked);
  EXPECT_TRUE(results.points[3].model.ranked && !results.points[3].model.threaded);
  const Results unnamed = import_text("threads,seconds\n1,1\n");
  EXPECT_TRUE(unnamed.points[0].model.is_parallel()) << "it could have had more";
  EXPECT_EQ(unnamed.points[0].model.name, "threads");
}

TEST(Csv, TurnsRatesIntoTimes) {
  const Results results = import_text("p,rate (GB/s)\n1,10\n2,20\n");
  EXPECT_EQ(summarize(results, 0).median_s, 0.1) << "of one GB";
  EXPECT_EQ(results.points[1].work["amount"], 1);
  EXPECT_EQ(results.points[1].work["unit"], "GB");
  const Results weak = import_text("p,GB/s,scaling\n1,10,weak\n2,20,weak\n");
  EXPECT_EQ(summarize(weak, 0).median_s, summarize(weak, 1).median_s);
  const Results both = import_text("p,seconds,GFlops\n1,2,10\n");
  EXPECT_EQ(both.points[0].work["amount"], 20);
}

TEST(Csv, MapsColumns) {
  const ImportOptions options{.columns = {{"workers", "NP"}, {"seconds", "b"}, {"param.grid", "g"}},
                              .ignore = {"host"}};
  const Results results = import_text("NP,a,b,g,host\n2,1,8,16,x\n",
                                      {.columns = options.columns, .ignore = {"host", "a"}});
  EXPECT_EQ(results.points[0].placement.workers(), 2);
  EXPECT_EQ(results.points[0].params["grid"], 16);
  EXPECT_EQ(import_fault("NP,a,b,g,host\n2,1,8,16,x\n", options),
            "'x.csv', line 1: unknown column 'a'");
  EXPECT_EQ(summarize(import_text("p,seconds,x,y\n1,8,2,3\n", {.ignore = {"*"}}), 0).median_s, 8);
  EXPECT_EQ(import_fault("p,seconds\n1,1\n", {.columns = {{"workers", "NP"}}}),
            "'x.csv': there is no column or parameter 'NP'");
  EXPECT_EQ(import_fault("p,seconds\n1,1\n", {.columns = {{"worker", "p"}}}),
            "'x.csv': --column: unknown meaning 'worker' (did you mean 'workers'?)");
}

TEST(Csv, ReadsDecimalCommasWhereTheySeparateNothing) {
  for (const char* text : {"p;seconds\n1;1,5\n", "p\tseconds\r\n1\t1,5\r\n", "p seconds\n1 1,5\n",
                           "p|seconds\n1|\"1,5\"\n"}) {
    EXPECT_EQ(summarize(import_text(text), 0).median_s, 1.5) << text;
  }
  EXPECT_EQ(import_text("kernel;p;seconds\na,b;1;1,5\n").points[0].kernel, "a,b");
  EXPECT_EQ(import_fault("p;seconds\n1;1.5\n2;1,25\n"),
            "'x.csv', line 3: '1,25' has a comma, and line 2 has numbers with a point");
  EXPECT_EQ(import_fault("p;seconds\n1;1,234,5\n"),
            "'x.csv', line 2: '1,234,5' has a comma more than once");
}

TEST(Csv, PassesOverWhatSpreadsheetsAdd) {
  for (const char* text :
       {"p,seconds,\n1,8,\n", "p,seconds,,\n1,8\n", "p,seconds\n1,8,,\n",
        "p,seconds\n,\n1,8\n , \n", "p,seconds\r1,8\r", "\xef\xbb\xbfp,seconds\n1,8",
        "\n\np,seconds\n\n1,8\n\n", "\"p\",\"seconds\"\n\"1\",\"8\"\n"}) {
    const Results results = import_text(text);
    ASSERT_EQ(results.points.size(), 1U) << text;
    EXPECT_EQ(summarize(results, 0).median_s, 8) << text;
  }
  EXPECT_EQ(import_fault("p,seconds,\n1,8,9\n"),
            "'x.csv', line 1: column 3 has no name, and its cells are not all empty");
}

TEST(Csv, TakesAHeaderInAComment) {
  for (const char* text : {"# cores seconds\n1 8\n2 4\n", "#p,seconds\n1,8\n2,4\n",
                           "# made by hand\n# p;seconds\n1;8,0\n2;4,0\n"}) {
    const Results results = import_text(text);
    ASSERT_EQ(results.points.size(), 2U) << text;
    EXPECT_EQ(summarize(results, 1).median_s, 4) << text;
  }
  EXPECT_EQ(import_fault("# by hand\n1,8\n"),
            "'x.csv', line 2: it has numbers where the names of the columns should be");
  EXPECT_EQ(import_fault("#\n1,8\n").find("'x.csv', line 2: it has numbers"), 0U);
}

TEST(Csv, SaysWhatIsThereTwice) {
  EXPECT_EQ(import_fault("p,seconds,run\n1,1,1\n2,1,1\n1,1.1,1\n"),
            "'x.csv', line 4: repetition 1 of the same point as in line 2");
  EXPECT_EQ(import_fault("p,seconds\n1,1\n2,1\n1,1\n"), "'x.csv', line 4: the same row as line 2");
  EXPECT_EQ(summarize(import_text("p,seconds\n1,1\n1,1\n", {.equal_rows = true}), 0).samples, 2);
  EXPECT_EQ(import_fault("p,cores,seconds\n1,1,1\n"),
            "'x.csv', line 1: the columns 'p' and 'cores' both mean workers");
}

TEST(Csv, SaysWhatIsContradictory) {
  EXPECT_EQ(import_fault("ranks,threads,p,seconds\n2,2,4,1\n2,2,8,1\n"),
            "'x.csv', line 3: 2 ranks x 2 threads are 4, and not 8 workers");
  EXPECT_EQ(import_fault("nodes,ranks,seconds\n2,3,1\n"),
            "'x.csv', line 2: 3 ranks cannot be spread evenly over 2 nodes");
  EXPECT_EQ(import_fault("nodes,ppn,ranks,seconds\n2,3,4,1\n"),
            "'x.csv', line 2: 2 nodes with 3 ranks each are 6, and not 4 ranks");
  EXPECT_EQ(import_fault("p,time,unit\n1,8,s\n2,4000,ms\n"),
            "'x.csv', line 3: the unit of its time is 'ms', and that of line 2 is 's'");
  EXPECT_EQ(import_fault("p,time (s)\n1,8\n", {.unit = "ms"}),
            "'x.csv', line 2: two units of time: 's' and 'ms'");
  EXPECT_EQ(import_fault("p,seconds,GB/s,run\n1,2,10,1\n1,2,11,2\n").substr(0, 60),
            "'x.csv', line 3: its time and its rate make 22 GB of work, a");
  EXPECT_EQ(import_fault("p,seconds,scaling\n1,1,weak\n", {.scaling = "strong"}),
            "'x.csv', line 2: the scaling is weak, and --scaling says strong");
}

TEST(Csv, SaysWhichTimeAndRateContradictAnotherPointOfTheSeries) {
  EXPECT_EQ(
      import_fault("p,seconds,GB/s\n1,10,5\n2,5,20\n"),
      "'x.csv', line 3: its time and its rate make 100 GB of work, and by line 2 it would be 50");
  EXPECT_EQ(import_fault("p,seconds,rate,work\n1,10,5,100\n2,2,20,100\n"),
            "'x.csv', line 3: its time and its rate make 40 of work, and by line 2 it would be 50");
  const Results grown = import_text("p,seconds,GB/s\n1,10,5\n2,10.1,9.9\n", {.scaling = "weak"});
  EXPECT_NEAR(grown.points[1].work.at("amount").get<double>(), 99.99, 1e-9);
  const Results rounded = import_text("p,seconds,GB/s\n1,10.1,5\n2,5.0,10.0\n");
  EXPECT_EQ(rounded.points.size(), 2U);
}

TEST(Csv, KeepsInventedTimesInvented) {
  const Results results = import_text("p,seconds,clock\n1,1,pretended\n2,1,measured\n");
  EXPECT_EQ(results.points[0].clock, TimeSource::pretended);
  EXPECT_EQ(results.points[1].clock, TimeSource::imported);
}

TEST(Csv, FindsTimesWithTwoCentres) {
  std::string text = "p,seconds\n";
  for (int i = 0; i < 24; ++i) text += fmt::format("1,{}\n", (i % 2 == 0 ? 1.0 : 2.0) + 0.001 * i);
  const Results results = import_text(text);
  EXPECT_EQ(results.points[0].state, State::unstable);
}

TEST(IsoTime, IsMadeUtc) {
  EXPECT_EQ(utc_time("2026-11-30T01:12:33+02:00"), "2026-11-29T23:12:33Z");
  EXPECT_EQ(utc_time("20261130T062551-0100"), "2026-11-30T07:25:51Z");
  EXPECT_EQ(utc_time("2026-11-30 06:25:51.25"), "2026-11-30T06:25:51Z");
  EXPECT_EQ(utc_time("2026-02-28"), "2026-02-28T00:00:00Z");
  for (const char* text : {"", "2026-02-30", "yesterday", "2026-13-01", "2026-11-30T06"}) {
    EXPECT_EQ(utc_time(text), std::nullopt) << text;
  }
}

TEST(Delimited, KeepsQuotedCells) {
  const auto rows = delimited_rows("a,\"b \"\"c\"\"\nd\",e\n\nf,,\"\"\n", ',');
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].cells, (std::vector<std::string>{"a", "b \"c\"\nd", "e"}));
  EXPECT_EQ(rows[1].cells, (std::vector<std::string>{"f", "", ""}));
  EXPECT_EQ(rows[1].line, 4);
  for (const std::string cell : {"", "a", "a,b", "\"", " a", "a\nb", "#1"}) {
    EXPECT_EQ(delimited_rows("x," + quoted_cell(cell) + "\n", ',')[0].cells[1], cell);
  }
}

}  // namespace
}  // namespace scalelaw::harness
