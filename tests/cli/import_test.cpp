// Times of other programs: imported, reported like our own, and exported.
#include <fmt/format.h>

#include <cmath>

#include "cli/campaigns.hpp"
#include "harness/statistics/summary.hpp"
#include "harness/store/results_file.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class Import : public CliOfResults {
 protected:
  static std::string fixture(const std::string& name) {
    return fs::path(SCALELAW_SOURCE_DIR) / "tests/data/import" / name;
  }

  /// 13 rows of Amdahl's law with a serial share of `serial` and little noise.
  std::string amdahl(double serial) const {
    std::string text = "Cores,Time (ms)\n";
    double noise = 0.7;
    for (const int p : {1, 1, 2, 2, 3, 4, 4, 6, 8, 8, 12, 16, 16}) {
      noise = std::fmod(noise * 17.3, 1.0);
      text += fmt::format("{},{:.3f}\n", p,
                          1e4 * (serial + (1 - serial) / p) * (1 + 0.004 * (noise - 0.5)));
    }
    return write("times.csv", text);
  }

  /// The same as Google Benchmark writes it, with another deviation at every third number.
  static std::string google_benchmark(double serial, double deviation) {
    std::string all;
    for (const int p : {1, 2, 3, 4, 6, 8, 12, 16}) {
      const double us =
          1e4 * (serial + (1 - serial) / p) * (p % 3 == 0 ? 1 / deviation : deviation);
      all += fmt::format(
          R"({}{{"name":"BM_x/threads:{}","threads":{},"real_time":{},"time_unit":"us"}})",
          all.empty() ? "" : ",", p, p, us);
    }
    return R"({"context":{},"benchmarks":[)" + all + "]}";
  }

  /// Amdahl's law, fitted to the file's series, has that serial share in a narrow interval.
  void expect_serial_share(const std::string& file, double serial) const {
    SCOPED_TRACE(file);
    const Printed printed = scalelaw({"report", file, "--format", "json"});
    ASSERT_EQ(printed.exit_code, 0) << printed.err;
    const auto report = nlohmann::json::parse(printed.out);
    EXPECT_EQ(report.at("clock"), "imported");
    EXPECT_TRUE(report.at("seed").is_null());
    int found = 0;
    for (const auto& fit : report.at("fits")) {
      if (fit.at("law") != "amdahl" || fit.at("parameter") != "serial_fraction") continue;
      ++found;
      EXPECT_LE(fit.at("low").get<double>(), serial);
      EXPECT_GE(fit.at("high").get<double>(), serial);
      EXPECT_LT(fit.at("high").get<double>() - fit.at("low").get<double>(), 0.02);
    }
    EXPECT_EQ(found, 1);
  }

  void expect_success(const Printed& printed) const {
    EXPECT_EQ(printed.exit_code, 0) << printed.out << printed.err;
  }
};

TEST_F(Import, MakesAReportOfAFileInOneCommand) {
  const Printed printed = scalelaw({"report", amdahl(0.04), "--full"});
  expect_success(printed);
  for (const char* part : {"IMPORTED TIMES", "machine, binding and seed are unknown",
                           "seed unknown", "times with 16 workers (workers 1x16x1) runs 9.9",
                           "unproven, imported", "Amdahl", "at least 6 rows"}) {
    EXPECT_NE(printed.out.find(part), std::string::npos) << part << "\n" << printed.out;
  }
  EXPECT_EQ(printed.out.find("of measuring"), std::string::npos)
      << "nobody knows how long a launch takes\n"
      << printed.out;
  const Printed brief = scalelaw({"report", amdahl(0.04)});
  EXPECT_EQ(brief.out.find("did not converge"), std::string::npos) << "nobody let them converge\n"
                                                                   << brief.out;
}

TEST_F(Import, RecoversTheSerialShareWithinItsInterval) {
  const double serial = 0.04;
  const std::string file = amdahl(serial);
  expect_success(scalelaw({"import", file, "-o", "a.h5"}));
  expect_serial_share("a.h5", serial);
  for (const char* format : {"csv", "hyperfine", "extrap", "extrap-jsonl"}) {
    const std::string out = std::string("out.") + format;
    expect_success(scalelaw({"export", file, "--format", format, "-o", out}));
    expect_serial_share(out, serial);
  }
  const std::vector<std::string> runs{write("g1.json", google_benchmark(serial, 1.001)),
                                      write("g2.json", google_benchmark(serial, 0.999))};
  expect_success(scalelaw({"import", runs[0], runs[1], "-o", "g.h5"}));
  expect_serial_share("g.h5", serial);
}

TEST_F(Import, EverythingAfterMeasuringWorksOnIt) {
  const std::string file = amdahl(0.04);
  expect_success(scalelaw({"import", file, "-o", "a.h5"}));
  for (const std::string& input : {file, std::string("a.h5")}) {
    const auto predicted = json_of({"predict", input, "--workers", "32"});
    EXPECT_NEAR(
        predicted.at("series")[0].at("laws")[0].at("predictions")[0].at("speedup").get<double>(),
        1 / (0.04 + 0.96 / 32), 1.5);
    expect_success(scalelaw({"advise", input}));
    expect_success(scalelaw({"report", input, "--format", "csv"}));
    expect_success(scalelaw({"report", input, "--failures"}));
    const Printed compared = scalelaw({"compare", input, "a.h5"});
    expect_success(compared);
    EXPECT_NE(compared.out.find("imported"), std::string::npos) << compared.out;
  }
}

TEST_F(Import, ReadsFilesOfProgramsByTheirContents) {
  for (const char* name : {"hyperfine.json", "google_benchmark.json", "reframe-4.10.4.json",
                           "extrap.txt", "extrap.jsonl"}) {
    SCOPED_TRACE(name);
    const Printed printed = scalelaw({"report", fixture(name)});
    expect_success(printed);
    EXPECT_NE(printed.out.find("IMPORTED TIMES"), std::string::npos) << printed.out;
  }
}

TEST_F(Import, RoundTripsThroughEveryFormat) {
  const std::string file =
      write("t.csv",
            "series,threads,seconds\na,1,8.1\na,1,8.2\na,2,4.25\na,4,2.1\nb,1,9\nb,2,5\nb,4,3\n");
  for (const char* format : {"csv", "hyperfine", "extrap", "extrap-jsonl"}) {
    SCOPED_TRACE(format);
    const std::string out = std::string("out.") + format, back = std::string(format) + ".h5";
    expect_success(scalelaw({"export", file, "--format", format, "-o", out}));
    expect_success(scalelaw({"import", out, "--format", format, "-o", back}));
    const Results results = read_results(folder_ / back);
    ASSERT_EQ(results.points.size(), 6U);
    const double expected[] = {(8.1 + 8.2) / 2, 4.25, 2.1, 9, 5, 3};
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(summarize_all(results)[i].median_s, expected[i]);
      EXPECT_EQ(results.points[i].placement.threads, 1 << (i % 3));
      EXPECT_EQ(results.points[i].series, i < 3 ? 0 : 1);
    }
    expect_refused({"export", file, "--format", format, "-o", out}, "exists");
  }
  const Printed printed = scalelaw({"export", file, "--format", "csv"});
  EXPECT_NE(printed.out.find(",seconds\n"), std::string::npos) << "to stdout";
}

TEST_F(Import, ExportsSomePoints) {
  const std::string file = write("two.csv",
                                 "kernel,model,threads,seconds\na,serial,1,8\na,omp,1,8.5\n"
                                 "a,omp,2,5\nb,serial,1,9\nb,omp,1,9.5\nb,omp,2,6\n");
  const std::vector<std::string> all{"export", "--format", "extrap"};
  const auto filtered = [&](const std::string& filter) {
    std::vector<std::string> words = all;
    words.insert(words.end(), {"--filter", "model=omp", "--filter", filter, file});
    return words;
  };
  expect_refused({"export", file, "--format", "extrap"}, "Extra-P's text format needs all of them");
  const Printed printed = scalelaw(filtered("kernel=a"));
  expect_success(printed);
  EXPECT_NE(printed.out.find("\nREGION a, omp\n"), std::string::npos) << printed.out;
  EXPECT_EQ(printed.out.find("\nREGION b"), std::string::npos) << printed.out;
  expect_refused(filtered("kernel=none"), "no point has a time to export");
  expect_refused(filtered("kernels=a"), "is not a filter");
}

TEST_F(Import, StoresNamesThatHoldSlashes) {
  const std::string file = write("s.csv", "series,p,seconds\na/b,1,8\na,1,8\na/b,2,5\n.,1,1\n");
  expect_success(scalelaw({"import", file, "-o", "s.h5"}));
  EXPECT_EQ(read_results(folder_ / "s.h5").points[0].kernel, "a/b");
}

TEST_F(Import, ReadsStdinAndPatterns) {
  expect_success(shell("printf 'p,seconds\\n1,8\\n2,4\\n' | \"$scalelaw\" import - -o stdin.h5"));
  const std::string log = write("run_np2.log", "elapsed: 4.5\n");
  expect_success(scalelaw({"import", log, "--pattern", "elapsed: ([0-9.]+)", "-o", "l.h5"}));
  expect_success(scalelaw({"import", write("m.csv", "NP,T,x\n1,8,a\n"), "--column", "workers=NP",
                           "--column", "seconds=T", "--ignore", "x", "--unit", "ms", "-o", "m.h5",
                           "--started", "2026-01-31"}));
  EXPECT_EQ(read_results(folder_ / "m.h5").started, "2026-01-31T00:00:00Z");
  EXPECT_EQ(read_results(folder_ / "m.h5").samples[0].total_s, 0.008);
}

TEST_F(Import, HasRemediesThatWorkWhenTheyArePasted) {
  const std::vector<std::string> files{
      write("names.csv", "NP,T run\n1,8.5\n2,4.25\n"),
      write("host.csv", "p,seconds,my host\n1,8,a\n2,4,b\n"),
      write("equal.csv", "p;seconds\n1;8,5\n1;8,5\n"),
      write("twice.csv", "p,cores,seconds\n1,2,8\n2,4,4\n"),
      write("run_np2.log", "elapsed: 4.5\n"),
      write("metrics.txt",
            "PARAMETER p\nPOINTS 1 2\nREGION r\nMETRIC wall time\nDATA 8\nDATA 4\nMETRIC run "
            "time\nDATA 7\nDATA 3\n"),
      write(
          "hyper.json",
          R"({"results":[{"command":"./app -t 2","times":[4.5]},{"command":"./app -t 1","times":[8]}]})"),
      write("jobs.json",
            R"({"results":[{"command":"./app 2","times":[4],"parameters":{"jobs":"2"}}]})")};
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    std::vector<std::string> words{"import", file, "-o", "first.h5"};
    if (file.ends_with(".log")) words.insert(words.end(), {"--format", "log"});
    const Printed refused = scalelaw(words);
    ASSERT_EQ(refused.exit_code, 1) << refused.out;
    const std::size_t begin = refused.err.find("scalelaw import ");
    ASSERT_NE(begin, std::string::npos) << refused.err;
    const std::size_t end = refused.err.find('\n', begin);
    const std::string rest =
        refused.err.substr(begin, end - begin).substr(std::string("scalelaw").size());
    const Printed pasted = shell("\"$scalelaw\"" + rest);
    EXPECT_EQ(pasted.exit_code, 0) << rest << "\n" << pasted.err;
    EXPECT_TRUE(fs::exists(folder_ / fs::path(file).stem().replace_extension(".h5"))) << rest;
  }
}

TEST_F(Import, IsComparedAndLinedUpWhateverTheFilesAreCalled) {
  std::vector<std::string> words{"history"};
  for (const char* day : {"mon", "tue", "wed"}) {
    words.push_back(write(std::string(day) + ".csv", "p,seconds\n1,8\n1,8.1\n2,4.5\n2,4.4\n"));
  }
  const auto history = json_of(words);
  EXPECT_EQ(history.at("campaigns").size(), 3U);
  ASSERT_EQ(history.at("lines").size(), 2U) << history.dump(1);
  EXPECT_EQ(history.at("lines")[0].at("clock"), "imported");
  expect_success(scalelaw({"compare", "mon.csv", "tue.csv"}));
  expect_refused({"history", write("t.txt", "hello\n")}, "not recognised");
}

TEST_F(Import, SaysWhatIsWrong) {
  const std::string file = write("bad.csv", "p,seconds\n1,8\n2,x\n");
  expect_refused({"import", file, "-o", "b.h5"}, "'bad.csv', line 3: the time is 'x'");
  expect_refused({"report", file}, "'bad.csv', line 3: the time is 'x'");
  expect_refused({"import", "none.csv", "-o", "b.h5"}, "none.csv: No such file");
  expect_refused({"import", write("t.txt", "hello\n"), "-o", "b.h5"}, "not recognised");
  expect_refused({"report", "t.txt"}, "not recognised");
  const std::string good = write("good.csv", "p,seconds\n1,8\n");
  expect_refused({"import", good, "--column", "workers", "-o", "b.h5"}, "is not MEANING=NAME");
  expect_refused({"import", good, "--started", "monday", "-o", "b.h5"}, "'monday' is not a time");
  expect_refused({"import", good, "--metric", "time", "-o", "b.h5"}, "--metric is not for");
  expect_refused({"import", good, "--format", "excel", "-o", "b.h5"}, "excel not in {");
  expect_refused({"export", good, "--format", "reframe"}, "reframe not in {");
  EXPECT_FALSE(fs::exists(folder_ / "b.h5"));
  expect_success(scalelaw({"import", good, "-o", "b.h5"}));
  expect_refused({"import", good, "-o", "b.h5"}, "'b.h5' exists");
  expect_success(scalelaw({"import", good, "-o", "b.h5", "--overwrite"}));
}

}  // namespace
}  // namespace scalelaw::harness
