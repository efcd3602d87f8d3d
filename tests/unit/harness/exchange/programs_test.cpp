// Files that other programs wrote (tests/data/import).
#include <fmt/format.h>

#include <string>

#include "support/imports.hpp"

namespace scalelaw::harness {
namespace {

Results import_fixture(const std::string& name, const ImportOptions& options = {}) {
  return import_texts({fixture(name)}, options).results;
}

std::vector<std::string> notes_of(const std::string& name) {
  return import_texts({fixture(name)}, {}).notes;
}

TEST(Hyperfine, ReadsEachRunAsALaunch) {
  const Results results = import_fixture("hyperfine.json");
  EXPECT_EQ(results.environment.at("import.format"), "hyperfine");
  ASSERT_EQ(results.points.size(), 3U);
  const std::string kernel = "./roots {threads}";
  EXPECT_EQ(median_at(results, kernel, {1, 1, 4}), 0.04071114000000001) << "as in the file";
  const auto point = static_cast<std::size_t>(point_at(results, kernel, {1, 1, 2}));
  EXPECT_EQ(summarize_all(results)[point].launches.size(), 8U);
  EXPECT_EQ(results.points[0].series, results.points[2].series);
  EXPECT_EQ(results.launches[0].command, "./roots 1");
}

TEST(Hyperfine, FindsTheWorkersInTheCommand) {
  const std::string name = "hyperfine_commands.json";
  const Results results = import_fixture(name, {.workers_pattern = R"(roots (\d+))"});
  EXPECT_EQ(results.points.size(), 3U);
  EXPECT_EQ(results.points[2].kernel, "./roots {workers}");
  EXPECT_EQ(results.points[2].placement.workers(), 4);
  EXPECT_EQ(import_fault(fixture(name).text, {}, name),
            "'hyperfine_commands.json', results[0]: neither a parameter nor --workers-pattern says "
            "the number of workers");
  EXPECT_EQ(import_fault(fixture(name).text, {.workers_pattern = "-t ([0-9]+)"}, name),
            "'hyperfine_commands.json', results[0]: --workers-pattern '-t ([0-9]+)' does not match "
            "'./roots 1'");
  EXPECT_EQ(import_fault(fixture(name).text, {.workers_pattern = "roots [0-9]+"}, name),
            "'hyperfine_commands.json', results[0]: --workers-pattern 'roots [0-9]+' has no group");
}

TEST(Hyperfine, KeepsRunsThatFailed) {
  const Results results = import_fixture("hyperfine_failures.json");
  ASSERT_EQ(results.points.size(), 2U);
  EXPECT_EQ(results.points[0].state, State::ok);
  EXPECT_EQ(results.points[1].state, State::crashed);
  EXPECT_EQ(results.points[1].reason, "exit code 1");
  EXPECT_EQ(results.launches.back().exit_code, 1);
}

TEST(Hyperfine, NamesSeriesByTheCommandWithoutItsParameters) {
  const auto benchmark = [](const std::string& command, const std::string& threads) {
    return R"({"command":")" + command + R"(","times":[1],"parameters":{"threads":")" + threads +
           R"("}})";
  };
  const Results results = import_text(
      R"({"results":[)" + benchmark("a1 -t1 8 1", "1") + "," + benchmark("a1 -t8 8 8", "8") + "," +
          benchmark("b 1", "1") + "," + benchmark("b 8", "8") + "]}",
      {}, "h.json");
  ASSERT_EQ(results.points.size(), 4U);
  EXPECT_EQ(results.points[1].kernel, "a1 -t{threads} 8 {threads}");
  EXPECT_EQ(results.points[3].kernel, "b {threads}");
  EXPECT_EQ(results.points[0].series, results.points[1].series);
  EXPECT_NE(results.points[1].series, results.points[2].series);
}

TEST(Hyperfine, TakesAMedianAloneAsOneLaunch) {
  const std::string text =
      R"({"results":[{"command":"a 2","median":0.5,"parameters":{"threads":"2"}}]})";
  const Results results = import_text(text, {}, "h.json");
  EXPECT_EQ(summarize(results, 0).median_s, 0.5);
  EXPECT_FALSE(summarize(results, 0).interval_s);
}

TEST(GoogleBenchmark, ReadsNamesThreadsAndUnits) {
  const Results results = import_fixture("google_benchmark.json");
  EXPECT_EQ(results.points.size(), 7U);
  EXPECT_EQ(results.environment.at("host.name"), "vm");
  EXPECT_TRUE(results.started.starts_with("2026-11-30T") && results.started.ends_with("Z"));
  const auto first = static_cast<std::size_t>(point_at(results, "BM_roots", {1, 1, 4}));
  const Summary summary = summarize_all(results)[first];
  EXPECT_EQ(summary.launches.size(), 1U) << "repetitions share their process";
  EXPECT_EQ(summary.samples, 3);
  EXPECT_FALSE(summary.interval_s);
  const auto sized = static_cast<std::size_t>(point_at(results, "BM_sized", {1, 1, 2}));
  EXPECT_EQ(results.points[sized].params["size"], 1000);
}

TEST(GoogleBenchmark, TakesEachFileAsALaunch) {
  const ForeignFile file = fixture("google_benchmark.json");
  const Imported two = import_texts({file, {"again.json", file.text}}, {});
  EXPECT_EQ(summarize(two.results, 0).launches.size(), 2U);
}

TEST(GoogleBenchmark, TakesMediansWhereThereIsNothingElse) {
  const std::string name = "google_benchmark_aggregates.json";
  const Results results = import_fixture(name);
  EXPECT_EQ(results.points.size(), 3U);
  EXPECT_EQ(results.points[0].kernel, "BM_roots");
  EXPECT_NE(notes_of(name).front().find("aggregates only"), std::string::npos);
}

std::string benchmark(const std::string& name, const std::string& rest) {
  return R"({"context":{},"benchmarks":[{"name":")" + name + R"(",)" + rest + "}]}";
}

TEST(GoogleBenchmark, ReadsArguments) {
  const std::string time = R"("threads":1,"real_time":2,"time_unit":"ms")";
  const Results named =
      import_text(benchmark("BM<a/b>/ranks:4/8/9/iterations:5/real_time", time), {}, "g.json");
  EXPECT_EQ(named.points[0].kernel, "BM<a/b>");
  EXPECT_EQ(named.points[0].placement, (Placement{1, 4, 1}));
  EXPECT_EQ(named.points[0].params["arg1"], 9);
  EXPECT_EQ(summarize(named, 0).median_s, 0.002);
  const Results own = import_text(benchmark("BM/threads:4", time), {}, "g.json");
  EXPECT_EQ(own.points[0].placement, (Placement{1, 1, 4})) << "a benchmark with its own threads";
  EXPECT_EQ(import_fault(benchmark("BM/threads:4", R"("threads":2,"real_time":2,"time_unit":"s")"),
                         {}, "g.json"),
            "'g.json', benchmarks[0]: its name says 4 threads, and its field 'threads' 2");
  EXPECT_EQ(import_fault(benchmark("BM", R"("threads":2,"time_unit":"s")"), {}, "g.json"),
            "'g.json', benchmarks[0]: 'real_time' is missing");
}

TEST(GoogleBenchmark, KeepsErrors) {
  const Results results = import_text(
      benchmark("BM", R"("threads":2,"error_occurred":true,"error_message":"no device")"), {},
      "g.json");
  EXPECT_EQ(results.points[0].state, State::crashed);
  EXPECT_EQ(results.points[0].reason, "no device");
}

TEST(ExtraP, ReadsBothFormatsAlike) {
  const Results text = import_fixture("extrap.txt"), lines = import_fixture("extrap.jsonl");
  EXPECT_EQ(text.environment.at("import.format"), "extrap");
  EXPECT_EQ(lines.environment.at("import.format"), "extrap-jsonl");
  ASSERT_EQ(text.points.size(), 6U);
  ASSERT_EQ(lines.points.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(text.points[i].id, lines.points[i].id);
    EXPECT_EQ(summarize_all(text)[i].median_s, summarize_all(lines)[i].median_s);
  }
  EXPECT_EQ(median_at(text, "main", {1, 1, 2}), 0.00809896);
  EXPECT_EQ(import_fixture("extrap.txt", {.unit = "ms"}).samples[0].total_s,
            text.samples[0].total_s / 1e3);
}

TEST(ExtraP, ReadsSeveralParameters) {
  const Results results = import_text(
      "PARAMETER p n\nPOINTS (2 10) (4 10)\nPOINTS ( 2 20 ) ( 4 20 )\nMETRIC time\n"
      "DATA 4\nDATA 2\nDATA 8 9\nDATA 4\n",
      {}, "e.txt");
  ASSERT_EQ(results.points.size(), 4U);
  EXPECT_EQ(results.points[2].params["size"], 20);
  EXPECT_EQ(results.points[0].series, results.points[1].series);
  EXPECT_NE(results.points[0].series, results.points[2].series);
  EXPECT_EQ(results.points[0].kernel, "e");
}

TEST(ExtraP, SaysWhichLineIsWrong) {
  const std::string head = "PARAMETER x\nPOINTS 1 2\nMETRIC time\n";
  const auto fault = [](const std::string& text) { return import_fault(text, {}, "e.txt"); };
  EXPECT_EQ(fault(head + "DATA 1\nDATA 2\n"),
            "'e.txt', line 4: nothing says the number of workers");
  const std::string good = "PARAMETER p\nPOINTS 1 2\nMETRIC time\nDATA 1\n";
  EXPECT_EQ(fault(good + "DATA 1\nDATA 2\n"),
            "'e.txt', line 6: a line of DATA too many: there are 2 POINTS");
  EXPECT_EQ(fault(good + "DATA x\n"), "'e.txt', line 5: the time is 'x', not a positive number");
  EXPECT_EQ(fault(good + "DATUM 1\n"), "'e.txt', line 5: unknown field 'DATUM'");
  EXPECT_EQ(fault("PARAMETER p q\nPOINTS 1 2 3\n"),
            "'e.txt', line 2: 3 values are no points of 2 parameters");
  EXPECT_EQ(fault("PARAMETER p\nPOINTS 1\nMETRIC visits\nDATA 1\n"),
            "'e.txt': no metric is a time by its name");
  EXPECT_EQ(
      import_text("PARAMETER p\nPOINTS 1\nMETRIC visits\nDATA 1\n", {.metric = "visits"}, "e.txt")
          .points.size(),
      1U);
  EXPECT_EQ(import_fault(R"({"params":{"p":1},"value":1})"
                         "\n"
                         R"({"params":{"p":2}})"
                         "\n",
                         {}, "e.jsonl"),
            "'e.jsonl', line 2: the value is missing");
  EXPECT_EQ(import_fault(R"({"params":{"p":1},"value":1})"
                         "\n"
                         R"({"params":{"q":2},"value":1})"
                         "\n",
                         {}, "e.jsonl"),
            "'e.jsonl', line 2: the parameter 'p' is missing");
}

TEST(ReFrame, ReadsTheReportsOfThreeVersions) {
  for (const char* name : {"reframe-3.12.0.json", "reframe-4.6.2.json", "reframe-4.10.4.json"}) {
    SCOPED_TRACE(name);
    const Results results = import_fixture(name);
    EXPECT_EQ(results.environment.at("import.format"), "reframe");
    EXPECT_EQ(results.environment.at("host.name"), "vm");
    ASSERT_EQ(results.points.size(), 6U);
    for (const int threads : {1, 2, 4}) {
      const double seconds = median_at(results, "RootsTest: elapsed", {1, 1, threads});
      EXPECT_NEAR(median_at(results, "RootsTest: speed", {1, 1, threads}), seconds / 2,
                  1e-4 * seconds)
          << "2 Mroots in that time";
    }
    const auto speed = static_cast<std::size_t>(point_at(results, "RootsTest: speed", {1, 1, 2}));
    EXPECT_EQ(results.points[speed].work["unit"], "Mroots");
    EXPECT_EQ(import_fixture(name, {.metric = "elapsed"}).points.size(), 3U);
  }
}

TEST(ReFrame, KnowsARepetitionByItsName) {
  const auto test = [](const char* rep, const char* value) {
    return fmt::format(R"({{"name":"T %np=2 %rep={}","num_tasks":2,"perfvars":[)"
                       R"({{"name":"a","value":{},"unit":"s"}}]}})",
                       rep, value);
  };
  const std::string text =
      fmt::format(R"({{"session_info":{{}},"runs":[{{"testcases":[{},{}]}}]}})", test("1", "4"),
                  test("2", "5"));
  const Results results = import_texts({{"r.json", text}}, {}).results;
  ASSERT_EQ(results.points.size(), 1U);
  EXPECT_EQ(summarize(results, 0).launches.size(), 2U);
  EXPECT_EQ(import_fault(text, {.columns = {{"repetition", "repx"}}}, "r.json"),
            "'r.json': there is no column or parameter 'repx' (did you mean 'rep'?)");
}

TEST(ReFrame, LeavesOutWhatIsNoTimeAndSaysSo) {
  const std::string text = R"({"session_info":{},"runs":[{"testcases":[
      {"name":"T %np=2","num_tasks":2,"perfvars":[{"name":"a","value":4,"unit":"s"},
                                                  {"name":"b","value":9,"unit":"%"}]},
      {"name":"T %np=4","num_tasks":4,"result":"failure","perfvars":null}]}]})";
  const Imported imported = import_texts({{"r.json", text}}, {});
  EXPECT_EQ(imported.results.points.size(), 1U);
  ASSERT_EQ(imported.notes.size(), 2U);
  EXPECT_EQ(
      imported.notes[0],
      "note: 'r.json': runs[0].testcases[0] (b): '%' is no unit of a time or a rate: left out");
  EXPECT_EQ(import_fault(text, {.metric = "c"}, "r.json"), "'r.json': there is no metric 'c'");
  const std::string contradictory = R"({"session_info":{},"runs":[{"testcases":[
      {"name":"T %np=2","num_tasks":3,"perfvars":[{"name":"a","value":4,"unit":"s"}]}]}]})";
  EXPECT_EQ(import_fault(contradictory, {}, "r.json"),
            "'r.json', runs[0].testcases[0]: a parameter says 2 ranks, and num_tasks is 3");
}

TEST(Logs, ReadsWhatTimePrints) {
  std::vector<ForeignFile> files;
  for (const char* name : {"1.1", "1.2", "2.1", "2.2", "4.1", "4.2"}) {
    files.push_back(fixture(std::string("logs/roots_threads") + name + ".log"));
  }
  const Imported imported = import_texts(files, {});
  ASSERT_EQ(imported.results.points.size(), 3U);
  EXPECT_EQ(summarize(imported.results, 2).launches.size(), 2U);
  EXPECT_EQ(imported.results.points[2].placement.workers(), 4);
  EXPECT_EQ(imported.results.points[2].kernel, "logs");
}

double time_in(const std::string& text) {
  return summarize(import_text(text, {}, "a_np2.log"), 0).median_s;
}

TEST(Logs, KnowsTheFormsOfTime) {
  EXPECT_EQ(time_in("x\nreal\t1m2.5s\nuser 0m1s\n"), 62.5);
  EXPECT_EQ(time_in("real 12.50\nuser 1\n"), 12.5);
  EXPECT_EQ(time_in("real\t0m1,250s\n"), 1.25) << "another locale";
  EXPECT_EQ(time_in("1.00user 0.1system 0:02.50elapsed 99%CPU\n"), 2.5);
  EXPECT_EQ(time_in("\tElapsed (wall clock) time (h:mm:ss or m:ss): 1:00:02\n"), 3602);
}

TEST(Logs, ReadsByPatterns) {
  const std::string text = "run on 2 cores\nelapsed: 4.5 ms\nrun on 4 cores\nelapsed: 2.5 ms\n";
  const ImportOptions options{.unit = "ms",
                              .series = "app",
                              .pattern = R"(^elapsed: ([\d.]+))",
                              .workers_pattern = R"(on (\d+) cores)"};
  const Results results = import_text(text, options, "out.txt");
  EXPECT_EQ(median_at(results, "app", {1, 2, 1}), 0.0045);
  EXPECT_EQ(median_at(results, "app", {1, 4, 1}), 0.0025);
  EXPECT_EQ(import_fault(text, {.pattern = "took ([0-9]+)"}, "o_np2.log"),
            "'o_np2.log': --pattern 'took ([0-9]+)' matches nowhere");
  EXPECT_EQ(import_fault(text, {.pattern = "elapsed: (.*)"}, "o_np2.log"),
            "'o_np2.log', line 2: the time is '4.5 ms', not a positive number");
  EXPECT_EQ(import_fault(text, {.pattern = "elapsed: ([0-9.]+)"}, "out.log"),
            "'out.log': its name does not say the number of workers");
  EXPECT_EQ(import_fault(text, {.pattern = "elapsed: ([0-9"}, "o_np2.log").substr(0, 62),
            "'o_np2.log': --pattern 'elapsed: ([0-9' is not a regular expre");
}

TEST(Formats, AreToldApartByContents) {
  EXPECT_EQ(import_fault("no results at all\n", {}, "a.txt"),
            "the format of 'a.txt' is not recognised");
  EXPECT_EQ(import_fault("{\"results\": [", {}, "a.json"),
            "'a.json': it is not JSON from character 14 on");
  EXPECT_EQ(import_text("p seconds\n1 2\n", {}, "a.dat").points.size(), 1U) << "by its header";
  EXPECT_EQ(import_fault("p,seconds\n1,2\n", {.format = "extrap"}, "a"),
            "'a', line 1: unknown field 'p,seconds'");
  try {
    (void)import_texts({fixture("hyperfine.json"), {"a.csv", "p,seconds\n1,2\n"}}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "'a.csv' is a table of text (CSV), and 'hyperfine.json' is of the format hyperfine");
  }
}

}  // namespace
}  // namespace scalelaw::harness
